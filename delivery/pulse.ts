/**
 * Numbers that a judge thread and its pool share: the message it works on, the last ping it answered, how many steps
 * it has begun, and up to which message others have taken over. A thread that is busy in one function can't send a
 * message, but what it wrote here before can be read.
 */
export type Pulse = Int32Array<SharedArrayBuffer>;

const running = 0;
const answered = 1;
const steps = 2;
const takenOver = 3;

/** A new pulse, to be handed to the thread. */
export function newPulse(): Pulse {
  return new Int32Array(new SharedArrayBuffer(16));
}

/** The thread: from here on it works on this message. */
export function noteRunning(pulse: Pulse, taskId: number): void {
  Atomics.store(pulse, running, taskId);
  Atomics.add(pulse, steps, 1);
}

/** The thread: whether another one has taken this message over before it was begun here. */
export function isTakenOver(pulse: Pulse, taskId: number): boolean {
  return taskId <= Atomics.load(pulse, takenOver);
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

/** The pool: how many steps the thread has begun, modulo 2^32. */
export function stepsBegun(pulse: Pulse): number {
  return Atomics.load(pulse, steps);
}

/** The pool: messages up to this one that the thread has not begun are others' now. */
export function takeOver(pulse: Pulse, lastTaskId: number): void {
  Atomics.store(pulse, takenOver, lastTaskId);
}
