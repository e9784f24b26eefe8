/** What every page knows: how to call the server, and for which app. */
import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useState } from 'preact/hooks';
import type { Api } from './api/client';

export interface Console {
  api: Api;
  appId: number;
}

export const ConsoleContext = createContext<Console | null>(null);

export function useConsole(): Console {
  const found = useContext(ConsoleContext);
  if (!found) {
    throw new Error('a page outside the signed-in part');
  }
  return found;
}

export interface Loaded<T> {
  data?: T;
  error?: unknown;
  isLoading: boolean;
  reload(): void;
}

/**
 * Loads when `key` changes, and again on `reload`. The last data stays while the next is on its way; an answer that was
 * overtaken is dropped.
 */
export function useLoad<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: unknown; isLoading: boolean }>({ isLoading: true });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    setState(({ data }) => ({ data, isLoading: true }));
    load().then(
      (data) => isCurrent && setState({ data, isLoading: false }),
      (error: unknown) => isCurrent && setState(({ data }) => ({ data, error, isLoading: false })),
    );
    return () => {
      isCurrent = false;
    };
  }, [key, round]);
  return { ...state, reload: useCallback(() => setRound((round) => round + 1), []) };
}
