/** Which page is shown: `#/log?user_id=bob`. A fragment never leaves the browser. */
import { useEffect, useState } from 'preact/hooks';
import { queryText, type Query } from './api/client';

export const PAGES = ['overview', 'certificates', 'strategies', 'users', 'log', 'debug'] as const;
export type Page = (typeof PAGES)[number];

export interface Route {
  page: Page;
  query: Record<string, string>;
}

/** Reads a fragment; an unknown page is the first. */
export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const page = PAGES.find((page) => page === path) ?? PAGES[0];
  return { page, query: Object.fromEntries(new URLSearchParams(query)) };
}

export function href(page: Page, query: Query = {}): string {
  return `#/${page}${queryText(query)}`;
}

export function go(page: Page, query: Query = {}): void {
  location.hash = href(page, query);
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return parse(hash);
}
