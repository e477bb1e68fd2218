/** Somebody's wish that this process ends. */
export interface StopWish {
  /** Resolves at the first wish. */
  readonly promise: Promise<void>;
  readonly isMade: boolean;
}

/**
 * Listens for SIGINT, SIGTERM, and the end of the supervisor that started this process. Later signals change nothing:
 * Ctrl-C reaches every process of the group, and then the supervisor asks each to stop.
 */
export function listenForStop(): StopWish {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isMade = false;
  const make = () => {
    isMade = true;
    resolve();
  };
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.on(event, make);
  return {
    promise,
    get isMade() {
      return isMade;
    },
  };
}
