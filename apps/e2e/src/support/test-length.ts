/** Long runs are asked for by `./claw test chaos|soak|fuzz`; CI runs the short form of each. */
export const isLong = process.env['CLAW_TEST_LENGTH'] === 'long';

export const shortOrLong = <T>(short: T, long: T): T => (isLong ? long : short);

/** A bound for Jest around a run of this many seconds: starting, checking and ending take time too. */
export const around = (seconds: number): number => (seconds + 240) * 1_000;
