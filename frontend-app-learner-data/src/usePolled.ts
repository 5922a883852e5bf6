import { useCallback, useEffect, useRef, useState } from 'react';

export interface Polled<T> {
  value: T | null,
  error: unknown,
  refresh: () => Promise<void>,
}

/** Reads at once, when asked to, and again after each pause of `pauseOf` milliseconds (null: never) while the page is in sight. */
export function usePolled<T>(read: () => Promise<T>, pauseOf: (value: T | null) => number | null): Polled<T> {
  const [state, setState] = useState<{ value: T | null, error: unknown }>({ value: null, error: null });
  const latest = useRef(0);

  const refresh = useCallback(async () => {
    const turn = latest.current + 1;
    latest.current = turn;
    try {
      const value = await read();
      if (turn === latest.current) {
        setState({ value, error: null });
      }
    } catch (error) {
      if (turn === latest.current) {
        setState(({ value }) => ({ value, error }));
      }
    }
  }, [read]);

  useEffect(() => {
    refresh();
    return () => {
      latest.current += 1; // what is still on its way comes too late
    };
  }, [refresh]);

  const pause = pauseOf(state.value);
  useEffect(() => {
    if (pause === null) {
      return undefined;
    }
    let timer: ReturnType<typeof setTimeout>;
    const plan = () => {
      timer = setTimeout(async () => {
        if (!document.hidden) {
          await refresh();
        }
        plan();
      }, pause);
    };
    plan();
    return () => clearTimeout(timer);
  }, [pause, refresh]);

  return { ...state, refresh };
}
