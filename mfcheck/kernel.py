"""A kernel that talks over local sockets in a folder of its own: no ports, nothing that others could listen to."""

import os
import tempfile
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from traitlets import CaselessStrEnum, default


class LocalKernelManager(AsyncKernelManager):
    transport = CaselessStrEnum(["tcp", "ipc"], default_value="tcp" if os.name == "nt" else "ipc")

    @default("connection_file")
    def _connection_file_default(self):
        self._folder = tempfile.TemporaryDirectory(prefix="mf-kernel-")
        return str(Path(self._folder.name) / "kernel.json")
