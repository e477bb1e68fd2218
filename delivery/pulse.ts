/**
 * Two numbers that a judge thread and its pool share: the message it works on, and the last ping it answered. A thread
 * that is busy in one function can't send a message, but what it wrote here before can be read.
 */
export type Pulse = Int32Array<SharedArrayBuffer>;

const running = 0;
const answered = 1;

/** A new pulse, to be handed to the thread. */
export function newPulse(): Pulse {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** The thread: from here on it works on this message. */
export function noteRunning(pulse: Pulse, taskId: number): void {
  Atomics.store(pulse, running, taskId);
}

/** The thread: its event loop has come to this ping. */
export function answerPing(pulse: Pulse, ping: number): void {
  Atomics.store(pulse, answered, ping);
}

/** The pool: the message that the thread last said it works on. */
export function runningTask(pulse: Pulse): number {
  return Atomics.load(pulse, running);
}

/** The pool: whether the thread has come to this ping. */
export function isAnswered(pulse: Pulse, ping: number): boolean {
  return Atomics.load(pulse, answered) >= ping;
}
