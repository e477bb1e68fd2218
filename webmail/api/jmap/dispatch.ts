import type { Invocation, JmapRequest, JmapResponse } from '../../wire.ts';
import type { Caller } from '../caller.ts';
import type { Web } from '../parts.ts';
import { Budget } from './budget.ts';
import { asMethodError, MethodError } from './errors.ts';
import { maxAnswered, maxReferenced } from './limits.ts';
import type { Method, MethodContext } from './method.ts';
import { resolveReferences } from './references.ts';

/** What one request is processed with. */
export interface Dispatching {
  readonly caller: Caller;
  readonly methods: ReadonlyMap<string, Method>;
  readonly sessionState: string;
}

/** Processes the calls one after the other (RFC 8620 §3.10) and never throws: what fails is a method-level error. */
export async function dispatch(
  request: JmapRequest,
  dispatching: Dispatching,
  parts: Web,
): Promise<JmapResponse> {
  const responses: Invocation[] = [];
  const createdIds = new Map(Object.entries(request.createdIds ?? {}));
  const using = new Set(request.using);
  const referenced = new Budget(maxReferenced);
  const answers = new Budget(maxAnswered);
  for (const [name, args, callId] of request.methodCalls) {
    const later: Invocation[] = [];
    const context: MethodContext = {
      ...parts,
      caller: dispatching.caller,
      account: dispatching.caller.account,
      using,
      createdIds,
      answers,
      respond: (also, alsoArgs) => later.push([also, alsoArgs, callId]),
    };
    const answer = await call({ name, args, responses, referenced }, dispatching.methods, context);
    responses.push([answer.name, answer.args, callId], ...later);
  }
  return {
    methodResponses: responses,
    sessionState: dispatching.sessionState,
    ...(request.createdIds ? { createdIds: Object.fromEntries(createdIds) } : {}),
  };
}

interface Call {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly responses: readonly Invocation[];
  readonly referenced: Budget;
}

async function call(
  { name, args, responses, referenced }: Call,
  methods: ReadonlyMap<string, Method>,
  context: MethodContext,
): Promise<{ name: string; args: Record<string, unknown> }> {
  try {
    const method = methods.get(name);
    if (!method || !context.using.has(method.capability)) throw new MethodError('unknownMethod');
    context.answers.step();
    const resolved = resolveReferences(args, responses, referenced);
    checkAccount(name, resolved, context);
    const answer = await method.handle(resolved, context);
    // What was done is told, however long: it is the next call that finds no room.
    chargeQuietly(answer, context);
    return { name, args: answer };
  } catch (error) {
    const failure = asMethodError(error);
    if (failure.type === 'serverFail') {
      context.log.error({ accountId: context.account.id, method: name, err: error }, 'methodFailed');
    }
    return { name: 'error', args: { type: failure.type, ...failure.fields } };
  }
}

function chargeQuietly(answer: unknown, { answers }: MethodContext): void {
  try {
    answers.charge(answer);
  } catch (error) {
    if (!(error instanceof MethodError)) throw error;
  }
}

/** Methods that take no account. */
const accountFree = new Set(['Core/echo', 'Privacy/words']);

function checkAccount(name: string, args: Readonly<Record<string, unknown>>, context: MethodContext): void {
  if (accountFree.has(name)) return;
  const { accountId, fromAccountId } = args;
  if (typeof accountId !== 'string') {
    throw new MethodError('invalidArguments', 'accountId is missing', { arguments: ['accountId'] });
  }
  if (accountId !== context.account.id) throw new MethodError('accountNotFound');
  if (fromAccountId !== undefined && fromAccountId !== context.account.id) {
    throw new MethodError('fromAccountNotFound');
  }
}
