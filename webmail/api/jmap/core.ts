import type { Handler } from './method.ts';

/** Core/echo (RFC 8620 §4): the arguments as they came. */
export const coreEcho: Handler = async args => ({ ...args });
