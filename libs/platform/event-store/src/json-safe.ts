/**
 * Names the first part of a value that JSON would lose or change (a Date, a bigint, NaN, a Map, …), or undefined
 * where it would come back as it is. A member that is undefined counts as absent.
 */
export const findUnsafeJson = (value: unknown, path = 'data'): string | undefined => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path;
  if (Array.isArray(value)) return firstUnsafe(value.map((item, index) => [`${path}[${index}]`, item]));
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return path;
  return firstUnsafe(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [`${path}.${name}`, member]),
  );
};

const firstUnsafe = (parts: readonly (readonly [string, unknown])[]): string | undefined => {
  for (const [path, part] of parts) {
    const unsafe = findUnsafeJson(part, path);
    if (unsafe !== undefined) return unsafe;
  }
  return undefined;
};
