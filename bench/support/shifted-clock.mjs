/**
 * Loaded into the service before its own code: sets its clock off by so many milliseconds. Unlike TEST_CLOCK_FILE this costs
 * nothing for each look at the clock, and is taken in production as well.
 */
const offset = Number(process.env.BENCH_CLOCK_OFFSET ?? 0);
const now = Date.now;
Date.now = () => now() + offset;
