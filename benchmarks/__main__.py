"""All of them, one after the other: ``python -m benchmarks``."""

from benchmarks import cutover, noop, warm_return

for benchmark in (noop, warm_return, cutover):
    print(f"== {benchmark.__doc__}", flush=True)
    benchmark.main()
