"""Fetches one target with python-tuf from a repository that lies in a folder.

Usage: client.py REPOSITORY WORK NAME
"""

import pathlib
import sys

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

repository, work, name = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]


class Files(FetcherInterface):
    def _fetch(self, url):
        path = repository / url.removeprefix("file:///")
        if not path.exists():
            raise DownloadHTTPError(f"no {path}", 404)
        return iter([path.read_bytes()])


updater = Updater(
    metadata_dir=str(work / "metadata"),
    metadata_base_url="file:///metadata/",
    target_dir=str(work),
    target_base_url="file:///targets/",
    fetcher=Files(),
    bootstrap=(repository / "metadata" / "1.root.json").read_bytes(),
)
updater.refresh()
info = updater.get_targetinfo(name)
assert info is not None, f"nobody vouches for {name}"
print(pathlib.Path(updater.download_target(info)).read_bytes().decode(), end="")
