import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemory } from '../../../webmail/ui/memory.ts';

test('the memory of the browser is used where there is one', () => {
  const kept = new Map([['theme', 'dark']]);
  const memory = openMemory(() => ({
    getItem: key => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: key => void kept.delete(key),
  }));
  assert.equal(memory.getItem('theme'), 'dark');
  memory.setItem('keys', 'off');
  assert.equal(kept.get('keys'), 'off');
  assert.ok(!memory.isBrief);
});

test('where there is none, what is kept lasts as long as the page', () => {
  for (const refuse of [
    () => {
      throw new DOMException('', 'SecurityError');
    },
    // As browsers do whose storage was turned off.
    () => null as unknown as Storage,
  ]) {
    const memory = openMemory(refuse);
    assert.equal(memory.getItem('theme'), null);
    memory.setItem('theme', 'dark');
    assert.equal(memory.getItem('theme'), 'dark');
    memory.removeItem('theme');
    assert.equal(memory.getItem('theme'), null);
    assert.ok(memory.isBrief);
  }
});
