"""What the estimators that learn in epochs have in common: history, validation, early stopping, a progress bar."""

import numpy as np

from mfref.models.base import Recommender, columns, rows_of


class EpochwiseRecommender(Recommender):
    """Base of the estimators that learn in epochs.

    Fitted: history_: the training RMSE of each epoch; validation_: RMSE on the validation part after each epoch;
    best_epoch_: the number of the epoch, from 1, that the model stands at.
    """

    ARRAYS = ("history_", "validation_", "best_epoch_")
    HIGHER_IS_BETTER = False

    def _learn(self, epochs, validation, patience, progress):
        """Go through `epochs`, which yields a number for history_ after each of the n_epochs.

        patience: stop after so many epochs in a row without a strictly better validation, and go back to the best one
        (`early_stopping` of lesson 05). Raises ValueError for patience without validation.
        """
        if patience is not None and validation is None:
            raise ValueError("patience says when to stop by the validation part: give validation=ratings too.")
        held_out = None if validation is None else self._rows_of_held_out(validation)
        if progress:
            from mfref.progress_bar import progress_bar

            epochs = progress_bar(epochs, "epoch", self.n_epochs)
        self.history_, self.validation_, self.best_epoch_, kept = [], [], 0, {}
        for number in epochs:
            self.history_.append(number)
            self.best_epoch_ = len(self.history_)
            if held_out is not None:
                self.validation_.append(self._validate(*held_out))
            if patience is not None and not self._keep_or_go_back(patience, kept):
                break
        for name, array in kept.items():
            setattr(self, name, array.item() if array.ndim == 0 else array)
        return self

    def _keep_or_go_back(self, patience, kept):
        """Keep a copy of the model if its last epoch is the best so far. → whether to go on"""
        from mfref.evaluation import early_stopping

        errors = -np.array(self.validation_) if self.HIGHER_IS_BETTER else np.array(self.validation_)
        best = early_stopping(errors, patience)
        if best == len(errors) - 1:
            fitted = [name for name in self.ARRAYS if name not in ("history_", "validation_")]
            kept.update({name: np.copy(getattr(self, name)) for name in fitted})
        return len(errors) - 1 - best < patience

    def _rows_of_held_out(self, validation):
        users, items, values = columns(validation)
        return rows_of(self.user_ids_, users), rows_of(self.item_ids_, items), values

    def _validate(self, users, items, values):
        """→ the RMSE on the validation part."""
        return float(np.sqrt(np.mean((values - self.predict_rows(users, items)) ** 2)))
