import { policies, type types } from 'cassandra-driver';

type Decision = policies.retry.DecisionInfo;
type Info = policies.retry.OperationInfo;

/** Tries of one statement at most, the first included. */
const maxTries = 4;

/**
 * Repeats what may be repeated. Every statement of ours but a lightweight transaction gives the same result when it is
 * applied twice (writes carry their timestamp), so a node that dies costs a try, not a delivery. What a quorum is not
 * there for fails at once: whoever waits for us tries again.
 */
export class RepeatIdempotent extends policies.retry.RetryPolicy {
  override onReadTimeout(info: Info): Decision {
    return this.#again(info);
  }

  override onWriteTimeout(info: Info): Decision {
    return this.#again(info);
  }

  override onUnavailable(info: Info): Decision {
    // Another coordinator may know of more nodes that live.
    return info.nbRetry === 0
      ? this.retryResult(undefined as unknown as types.consistencies, false)
      : this.rethrowResult();
  }

  override onRequestError(info: Info): Decision {
    return this.#again(info);
  }

  #again(info: Info): Decision {
    const isIdempotent = info.executionOptions.isIdempotent() === true;
    if (!isIdempotent || info.nbRetry >= maxTries - 1) return this.rethrowResult();
    return this.retryResult(undefined as unknown as types.consistencies, false);
  }
}
