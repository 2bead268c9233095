/** `+1 415 555 0100` for a North American number; others as they are. */
export const prettyNumber = (number: string): string =>
  number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1 $2 $3');

/** The number in what somebody typed, or nothing where it is none. */
export const numberIn = (typed: string): string | undefined => {
  const number = typed.replace(/[\s().-]/g, '');
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined;
};

export const WRONG_NUMBER = 'A number starts with + and the country code.';

export const clock = (at: Date): string => at.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });

const isSameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString();

/** The time for what is of today, else the day. */
export const clockOrDay = (at: Date, now: Date): string =>
  isSameDay(at, now) ? clock(at) : at.toLocaleDateString([], { day: 'numeric', month: 'short' });

/** `Today 14:13`, as it stands above what was said then. */
export const dayAndClock = (at: Date, now: Date): string =>
  `${isSameDay(at, now) ? 'Today' : at.toLocaleDateString([], { weekday: 'short', day: 'numeric', month: 'short' })} ${clock(at)}`;

export const fileSize = (bytes: number): string => {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
};

const EMOJI = {
  love: '❤️',
  like: '👍',
  dislike: '👎',
  laugh: '😂',
  emphasize: '‼️',
  question: '❓',
} as const;

/** The reactions that every phone offers. */
export const TAPBACKS = Object.keys(EMOJI) as (keyof typeof EMOJI)[];

export const emojiOf = (type: string, custom: string | null): string =>
  custom ?? (EMOJI as Record<string, string>)[type] ?? '🏷️';

export const textOfFault = (fault: unknown): string =>
  fault instanceof Error ? fault.message : String(fault);
