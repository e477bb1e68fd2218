/** Small texts by name, kept for one site. */
export interface Memory extends Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  /** It ends with the page: the browser keeps nothing of the site, cookies included. */
  readonly isBrief?: boolean;
}

/** What the browser keeps for us; where its owner forbids that, a brief memory. */
export function openMemory(storage: () => Memory): Memory {
  try {
    const memory = storage();
    memory.getItem('');
    return memory;
  } catch {
    const kept = new Map<string, string>();
    return {
      isBrief: true,
      getItem: key => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: key => void kept.delete(key),
    };
  }
}
