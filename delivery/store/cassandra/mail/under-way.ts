/** Deliveries under way in this process, so that an answer which comes right behind an email finds its thread. */
export class UnderWay {
  readonly #deliveries = new Map<string, Promise<unknown>>();

  note(accountId: string, messageId: string | null, delivery: Promise<unknown>): void {
    if (messageId === null) return;
    const key = `${accountId}/${messageId}`;
    this.#deliveries.set(key, delivery);
    const end = (): void => {
      if (this.#deliveries.get(key) === delivery) this.#deliveries.delete(key);
    };
    delivery.then(end, end);
  }

  /** Waits for emails of these identifiers that were begun before. */
  async waitFor(accountId: string, messageIds: readonly string[]): Promise<void> {
    const before = messageIds.flatMap(id => this.#deliveries.get(`${accountId}/${id}`) ?? []);
    await Promise.allSettled(before);
  }
}
