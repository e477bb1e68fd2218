/**
 * DNS as a dependency, in the shape mailauth wants: the answer of `node:dns/promises` `resolve(name, type)`.
 * Throws an error with `code` ENOTFOUND or ENODATA for "no such record", anything else is temporary.
 */
export type Resolver = (name: string, type: string) => Promise<unknown[]>;
