"""The real histories, and small ones written on the spot."""

import gzip
import os
from pathlib import Path

import pytest

BEIJING = "beijing-multisite-2016-11--2017-02.csv.gz"
METR_LA = "los-angeles-loop-speed-2012-03-01--04.csv.gz"
HEADER = (
    "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,"
    "TEMP,PRES,DEWP,RAIN,wd,WSPM,station"
)
ROWS = (
    "1,2016,11,1,0,4,31,5,43,300,24,1.8,1033.2,-11.7,0,WNW,1.1,Aotizhongxin",
    "2,2016,11,1,1,NA,38,5,60,300,NA,0.3,1033.1,-10.3,0,NA,1,Aotizhongxin",
    "1,2016,11,1,0,7,NA,5,43,300,24,1.8,1033.2,-11.7,0,N,1.1,Changping",
    "4,2016,11,1,5,NA,NA,NA,NA,NA,NA,NA,NA,-11.7,NA,NA,NA,Changping",
)


@pytest.fixture(scope="session")
def histories() -> Path:
    """Return the folder of the real histories; without it, skip (in CI: fail)."""
    folder = Path(os.environ.get("THOANG_DATA", "../shared/data"))
    if not (folder / BEIJING).exists():
        told = f"no histories in {folder}: set THOANG_DATA to their folder"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(told)
        pytest.skip(told)
    return folder


@pytest.fixture
def beijing(tmp_path: Path) -> Path:
    """Return a small history of two stations, one row without any value."""
    return zipped(tmp_path / "beijing.csv.gz", "\n".join((HEADER, *ROWS, "")))


@pytest.fixture
def metr_la(tmp_path: Path) -> Path:
    """Return a small history of three stations, with two zeros."""
    text = "11,22,33\n60.5,0,30\n60,50,40.00\n0,50,40\n"
    return zipped(tmp_path / "metr.csv.gz", text)


def zipped(path: Path, text: str) -> Path:
    """Write a text as a gzipped file."""
    path.write_bytes(gzip.compress(text.encode()))
    return path
