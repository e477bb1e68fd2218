import * as v from 'valibot';
import type { FieldValue, NewField } from '../../../delivery/message/compose.ts';
import { headerShortcuts } from './email-properties.ts';
import { invalidProperties, MethodError } from './errors.ts';
import { type HeaderForm, type HeaderProperty, readHeaderProperty } from './header-forms.ts';

const addressSchema = v.strictObject({
  name: v.optional(v.nullable(v.string()), null),
  email: v.string(),
});

/** Date of RFC 8620 §1.4, with its offset kept. */
const dateSchema = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/),
  v.check(text => Number.isFinite(Date.parse(text))),
);

/** How the value of each form is read (RFC 8621 §4.1.2). */
const formSchemas: Readonly<Record<HeaderForm, v.GenericSchema<unknown, FieldValue>>> = {
  Raw: v.pipe(
    v.string(),
    v.transform(raw => ({ raw })),
  ),
  Text: v.pipe(
    v.string(),
    v.transform(text => ({ text })),
  ),
  Addresses: v.pipe(
    v.array(addressSchema),
    v.transform(list => ({ mailboxes: list.map(mailboxOf) })),
  ),
  GroupedAddresses: v.pipe(
    v.array(
      v.strictObject({ name: v.optional(v.nullable(v.string()), null), addresses: v.array(addressSchema) }),
    ),
    v.transform(groups => ({
      groups: groups.map(({ name, addresses }) => ({ name, mailboxes: addresses.map(mailboxOf) })),
    })),
  ),
  MessageIds: v.pipe(
    v.array(v.string()),
    v.transform(identifiers => ({ identifiers })),
  ),
  Date: v.pipe(dateSchema, v.transform(dateValue)),
  URLs: v.pipe(
    v.array(v.string()),
    v.transform(urls => ({ urls })),
  ),
};

function mailboxOf({ name, email }: v.InferOutput<typeof addressSchema>) {
  return { name: name === '' ? null : name, address: email };
}

function dateValue(text: string): FieldValue {
  const zone = /([+-])(\d{2}):(\d{2})$/.exec(text);
  const minutes = zone ? Number(zone[2]) * 60 + Number(zone[3]) : 0;
  return { date: new Date(text), offsetMinutes: zone?.[1] === '-' ? -minutes : minutes };
}

/** The header property that a create property is written as; throws SetError `invalidProperties`. */
function headerOf(property: string): HeaderProperty {
  const shortcut = Object.hasOwn(headerShortcuts, property) ? headerShortcuts[property] : undefined;
  if (shortcut) return shortcut.header;
  try {
    const header = readHeaderProperty(property);
    if (header) return header;
  } catch (error) {
    if (!(error instanceof MethodError)) throw error;
  }
  throw invalidProperties([property], 'no such header property');
}

/** Name of the header field that a property sets. */
export function nameOf(property: string): string {
  return headerOf(property).name;
}

/** The fields to write for a property: none for null, one for each item with `:all`. */
export function fieldOf(property: string, value: unknown): NewField[] {
  const { name, form, all } = headerOf(property);
  if (value === null) return [];
  const values = all ? value : [value];
  if (!Array.isArray(values)) throw invalidProperties([property], 'a list');
  return values.flatMap(item => {
    if (Array.isArray(item) && item.length === 0) return [];
    const result = v.safeParse(formSchemas[form], item);
    if (!result.success) throw invalidProperties([property], `not of the form ${form}`);
    return [{ name, value: result.output }];
  });
}
