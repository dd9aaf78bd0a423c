"""Seven days of the city's traffic as fast as it goes, with swaps of the broker.

Wanted: at least three swaps, the ledger balanced to the reading, nothing lost, all
processes still ≤ 900 MB.
"""

import argparse
import os
import subprocess
import sys
import time

from bench_start import CITY
from city import Run, running

SIMULATED = {"THOANG_ORIGIN": "simulated", "THOANG_CLOCK": "messages"}


def settled(run: Run) -> bool:
    """Whether the store has everything that was sent."""
    ledger = run.store.ledger(CITY).total
    return ledger.in_flight == 0


def soak(run: Run, days: float) -> float:
    """Send the days; return how long it took [s], memory printed on the way."""
    began, said = time.monotonic(), 0.0
    simulator = subprocess.Popen(
        [
            *(sys.executable, "-m", "thoang", "simulate", "--speed", "max"),
            *(f"--days={days}", "--data", str(run.folder / "soak")),
            *("--mqtt", "mqtt://" + run.status["addresses"]["mqtt"]),
        ],
        env=os.environ | SIMULATED,
        stdout=subprocess.DEVNULL,
    )
    worst = 0.0
    while simulator.poll() is None:
        time.sleep(1)
        total = sum(run.resident_mb().values())
        worst = max(worst, total)
        if time.monotonic() - said > 30:
            said = time.monotonic()
            swaps = run.status["swaps"]
            print(f"  {said - began:5.0f} s {total:5.0f} MB {swaps} swaps", flush=True)
    print(f"simulator ended with {simulator.returncode}; most memory {worst:.0f} MB")
    return time.monotonic() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=float, default=7.0)
    parser.add_argument("--broker-memory-mb", type=int, default=80)
    options = parser.parse_args()
    limit = f"--broker-memory-mb={options.broker_memory_mb}"
    with running("--no-simulator", limit, environment=SIMULATED) as run:
        for name in ("bridge", "worker"):
            run.until((run.folder / "ready" / name).exists, 60)
        took = soak(run, options.days)
        time.sleep(15)
        total = run.store.ledger(CITY).total
        audit = run.store.audit(CITY)
        memory = run.resident_mb()
        print(f"{options.days:g} days in {took:.0f} s, swaps {run.status['swaps']}")
        print(f"received {total.received} stored {total.stored} lost {total.lost}")
        print(f"ledger balances {audit.balances}, wanted True, lost 0, swaps >= 3")
        print(f"resident {sum(memory.values()):.0f} MB, wanted <= 900")
        print("  " + ", ".join(f"{n} {m:.0f}" for n, m in sorted(memory.items())))


if __name__ == "__main__":
    main()
