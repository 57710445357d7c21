"""Voilà, set up for the film page: nothing from other hosts, kernels kept ready, those left behind ended."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent
NOT_NEEDED = ("@jupyter/nbgrader", "@jupyter-notebook/lab-extension", "jupyter-matplotlib")  # JupyterLab's, and large
IDLE = 1800  # seconds after which a visitor's kernel ends


def serve(model, data, port, warm, browser):
    """Serve the page on this machine until Ctrl-C. model: its file; data: a name or path for `load_ratings`."""
    from voila.app import Voila

    # Each kernel does small sums: one thread each, so that ten visitors do not fight for the processor.
    os.environ |= {
        "MFREF_APP_MODEL": str(model),
        "MFREF_APP_DATA": str(data),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    if home := os.environ.get("MFREF_DATA_HOME"):
        os.environ["MFREF_DATA_HOME"] = str(Path(home).expanduser().resolve())  # kernels run in another folder
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(FOLDER), os.environ.get("JUPYTER_PATH")]))
    print(f"Films for you: http://localhost:{port}/   (Ctrl-C ends it)", flush=True)
    Voila.launch_instance(
        [
            str(FOLDER / "films.ipynb"),
            "--template=films",
            "--Voila.log_level=ERROR",
            # Voilà sets no such cookie, so that it would refuse a leaving visitor's request to end the kernel. Who knows a
            # kernel's random id may end it, and nobody else does.
            "--Voila.tornado_settings=disable_check_xsrf=True",
            f"--port={port}",
            *(f"--VoilaConfiguration.extension_denylist={name}" for name in NOT_NEEDED),
            "--Voila.port_retries=0",
            f"--preheat_kernel={warm > 0}",
            f"--pool_size={warm}",
            f"--MappingKernelManager.cull_idle_timeout={IDLE}",
            "--MappingKernelManager.cull_interval=60",
            *([] if browser else ["--no-browser"]),
        ]
    )
