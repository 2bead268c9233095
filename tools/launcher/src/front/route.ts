/** The services that are reached from outside. */
export type FrontService = 'api' | 'gateway' | 'routing';

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** The path as a service's router would understand it, so that no spelling of a closed path slips through. */
const plainPath = (url: string): string => {
  const raw = url.split(/[?#]/, 1)[0] ?? '/';
  const once = decoded(raw).replace(/[\\/]+/g, '/');
  return (
    new URL(once.startsWith('/') ? once : `/${once}`, 'http://front').pathname.replace(/\/+$/, '') || '/'
  );
};

const isOrBelow = (path: string, prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);

/**
 * Which service a request belongs to, or nothing where it belongs to none: the services' own health and metrics
 * pages are for the operator, not for the world.
 */
export const routeOf = (url: string): FrontService | undefined => {
  const path = plainPath(url);
  if (isOrBelow(path, '/health') || isOrBelow(path, '/metrics')) return undefined;
  if (path === '/ws') return 'gateway';
  if (path === '/webhooks/carrier') return 'routing';
  if (isOrBelow(path, '/webhooks')) return undefined;
  return 'api';
};
