import type { Resolver } from '../../delivery/resolver.ts';

/** Records by `TYPE name`, e.g. `{ 'TXT example.org': [['v=spf1 -all']] }`, in the shape `node:dns` answers. */
export type Records = Readonly<Record<string, readonly unknown[]>>;

/** A resolver that knows these records and answers ENOTFOUND for all else. */
export function resolverOf(records: Records): Resolver {
  const known = new Map(Object.entries(records).map(([key, answer]) => [key.toLowerCase(), answer]));
  return async (name, type) => {
    const answer = known.get(`${type} ${name}`.toLowerCase());
    if (!answer) throw Object.assign(new Error(`no ${type} record of ${name}`), { code: 'ENOTFOUND' });
    return [...answer];
  };
}

/** A resolver that never answers. */
export const deadResolver: Resolver = () => new Promise(() => {});

/** A resolver that always fails for now. */
export const failingResolver: Resolver = async () => {
  throw Object.assign(new Error('the server failed'), { code: 'ESERVFAIL' });
};
