/** `+1 415 555 0100` for a North American number; others as they are. */
export const prettyNumber = (number: string): string =>
  number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1 $2 $3');

/** The number in what somebody typed, or nothing where it is none. */
export const numberIn = (typed: string): string | undefined => {
  const number = typed.replace(/[\s().-]/g, '');
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined;
};

export const clock = (at: string): string =>
  new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

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
