import type { TestContext } from 'node:test';
import type { Config, SettingKey } from '../../delivery/config.ts';
import { testConfig } from './door-process.ts';

/**
 * A store behind the contract, as tests of whole processes see it: they start doors with its settings (`startDoor`)
 * and look at what is stored with parts of their own (`openTestParts`).
 */
export interface Backend {
  readonly name: string;
  /** Settings of an instance of its own on an empty store, which is gone when the test ends. */
  prepare(t: Pick<TestContext, 'after'>, settings?: Partial<Record<SettingKey, unknown>>): Promise<Config>;
}

/** Files in a folder of the test's own. */
export const sqliteBackend: Backend = {
  name: 'SQLite',
  prepare: async (t, settings) => testConfig(t, settings),
};
