import * as v from 'valibot';
import { MethodError } from './errors.ts';
import { isRecord } from './request.ts';

/** Id of RFC 8620 §1.2; a leading `#` makes it a creation reference (§5.3). */
export const idSchema = v.pipe(v.string(), v.regex(/^#?[A-Za-z0-9_-]{1,255}$/));

/** Any JSON object. (Valibot's own drops members that objects inherit names for: `constructor` is a name like any.) */
export const objectSchema = v.custom<Record<string, unknown>>(isRecord);

/** Objects by id or creation id. */
export const recordsSchema = v.custom<Record<string, Record<string, unknown>>>(
  value =>
    isRecord(value) && Object.entries(value).every(([id, member]) => v.is(idSchema, id) && isRecord(member)),
);

/** UnsignedInt of RFC 8620 §1.3. */
export const unsignedSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Int of RFC 8620 §1.3. */
export const integerSchema = v.pipe(v.number(), v.safeInteger());

/** UTCDate of RFC 8620 §1.4, read as a Date. */
export const utcDateSchema = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/),
  v.transform(text => new Date(text)),
  v.check(date => Number.isFinite(date.getTime())),
);

/** Arguments of a standard /get (RFC 8620 §5.1). */
export const getEntries = {
  accountId: v.string(),
  ids: v.optional(v.nullable(v.array(idSchema)), null),
  properties: v.optional(v.nullable(v.array(v.string())), null),
};

/** Arguments of a standard /changes (RFC 8620 §5.2). */
export const changesSchema = v.strictObject({
  accountId: v.string(),
  sinceState: v.string(),
  maxChanges: v.optional(v.nullable(v.pipe(unsignedSchema, v.minValue(1))), null),
});

/** Arguments of a standard /set (RFC 8620 §5.3). */
export const setEntries = {
  accountId: v.string(),
  ifInState: v.optional(v.nullable(v.string()), null),
  create: v.optional(v.nullable(recordsSchema), null),
  update: v.optional(v.nullable(recordsSchema), null),
  destroy: v.optional(v.nullable(v.array(idSchema)), null),
};

const comparatorSchema = v.looseObject({
  property: v.string(),
  isAscending: v.optional(v.boolean(), true),
  collation: v.optional(v.nullable(v.string())),
});

/** One sort criterion as it was given: `keyword` and the like are still unchecked members. */
export type Comparator = v.InferOutput<typeof comparatorSchema>;

/** Arguments of a standard /query (RFC 8620 §5.5). */
export const queryEntries = {
  accountId: v.string(),
  filter: v.optional(v.nullable(objectSchema), null),
  sort: v.optional(v.nullable(v.array(comparatorSchema)), null),
  position: v.optional(v.nullable(integerSchema), 0),
  anchor: v.optional(v.nullable(idSchema), null),
  anchorOffset: v.optional(v.nullable(integerSchema), 0),
  limit: v.optional(v.nullable(unsignedSchema), null),
  calculateTotal: v.optional(v.nullable(v.boolean()), false),
};

/** Arguments of a standard /queryChanges (RFC 8620 §5.6). */
export const queryChangesEntries = {
  accountId: v.string(),
  filter: v.optional(v.nullable(objectSchema), null),
  sort: v.optional(v.nullable(v.array(comparatorSchema)), null),
  sinceQueryState: v.string(),
  maxChanges: v.optional(v.nullable(v.pipe(unsignedSchema, v.minValue(1))), null),
  upToId: v.optional(v.nullable(idSchema), null),
  calculateTotal: v.optional(v.nullable(v.boolean()), false),
};

/** The arguments as the schema types them; throws `invalidArguments` naming each that is wrong or unknown. */
export function readArguments<S extends v.GenericSchema>(
  schema: S,
  args: Readonly<Record<string, unknown>>,
): v.InferOutput<S> {
  const result = v.safeParse(schema, args);
  if (result.success) return result.output;
  const names = [...new Set(result.issues.map(issue => String(issue.path?.[0]?.key ?? '')))];
  throw new MethodError('invalidArguments', `wrong or unknown: ${names.join(', ')}`.slice(0, 300), {
    arguments: names,
  });
}

/** Throws `invalidArguments` when a property is asked for that the type hasn't. */
export function checkProperties(
  properties: readonly string[] | null,
  known: (name: string) => boolean,
): void {
  const unknown = (properties ?? []).filter(name => !known(name));
  if (unknown.length === 0) return;
  throw new MethodError('invalidArguments', `unknown properties: ${unknown.join(', ')}`.slice(0, 300), {
    arguments: ['properties'],
  });
}
