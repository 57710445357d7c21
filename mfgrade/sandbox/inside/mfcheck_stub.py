"""What `from mfcheck import …` gives inside the sandbox: the names, and nothing that could judge or be read."""


class _Later:
    def __repr__(self):
        return "graded outside the notebook"


def check(*_, **__):
    return _Later()


def hint(*_, **__):
    return _Later()


def solution(*_, **__):
    return _Later()


def mistakes(*_, **__):
    return {}


def progress(*_, **__):
    return _Later()
