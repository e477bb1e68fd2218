import type { Invocation } from '../../wire.ts';
import type { Budget } from './budget.ts';
import { MethodError } from './errors.ts';
import { isRecord } from './request.ts';

/**
 * The arguments with every `#name` replaced by the value it refers to (RFC 8620 §3.7). Throws `MethodError`
 * `invalidArguments` when both `name` and `#name` are given, `invalidResultReference` when it can't be resolved,
 * `requestTooLarge` when the references of the request use up `budget`: each may double what the last one gave.
 */
export function resolveReferences(
  args: Readonly<Record<string, unknown>>,
  responses: readonly Invocation[],
  budget: Budget,
): Readonly<Record<string, unknown>> {
  const names = Object.keys(args);
  if (!names.some(name => name.startsWith('#'))) return args;
  return Object.fromEntries(
    names.map(name => {
      if (!name.startsWith('#')) return [name, args[name]];
      const plain = name.slice(1);
      if (Object.hasOwn(args, plain)) {
        throw new MethodError('invalidArguments', `both ${plain} and ${name} are given`, {
          arguments: [plain, name],
        });
      }
      const value = resolveReference(args[name], responses, budget);
      budget.charge(value);
      return [plain, value];
    }),
  );
}

function resolveReference(reference: unknown, responses: readonly Invocation[], budget: Budget): unknown {
  if (
    !isRecord(reference) ||
    typeof reference.resultOf !== 'string' ||
    typeof reference.name !== 'string' ||
    typeof reference.path !== 'string'
  ) {
    throw invalid('a reference has resultOf, name and path');
  }
  const { resultOf, name, path } = reference;
  const response = responses.find(([, , callId]) => callId === resultOf);
  if (!response) throw invalid(`no earlier call has the id ${JSON.stringify(resultOf)}`);
  if (response[0] !== name) throw invalid(`that call was answered with ${response[0]}`);
  return evaluatePointer(response[1], path, budget);
}

/**
 * The value at a JSON Pointer (RFC 6901) with JMAP's `*`: on an array the rest of the pointer is applied to each
 * item, and items that give arrays are flattened once. Throws `MethodError` `invalidResultReference`,
 * `requestTooLarge`.
 */
export function evaluatePointer(document: unknown, pointer: string, budget: Budget): unknown {
  if (pointer === '') return document;
  if (!pointer.startsWith('/')) throw invalid('a path begins with /');
  return walk(document, pointer.slice(1).split('/').map(unescapeToken), budget);
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function walk(value: unknown, tokens: readonly string[], budget: Budget): unknown {
  budget.step();
  const [token, ...rest] = tokens;
  if (token === undefined) return value;
  if (Array.isArray(value)) {
    if (token === '*') {
      const results = value.map(item => walk(item, rest, budget));
      return results.flatMap(result => (Array.isArray(result) ? (result as unknown[]) : [result]));
    }
    if (!/^(?:0|[1-9]\d{0,8})$/.test(token) || Number(token) >= value.length) {
      throw invalid(`no item ${JSON.stringify(token)} in a list`);
    }
    return walk(value[Number(token)], rest, budget);
  }
  if (isRecord(value) && Object.hasOwn(value, token)) return walk(value[token], rest, budget);
  throw invalid(`nothing at ${JSON.stringify(token)}`);
}

function invalid(description: string): MethodError {
  return new MethodError('invalidResultReference', description);
}
