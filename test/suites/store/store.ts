import { describe } from 'node:test';
import { changesSuite } from './changes.ts';
import { directorySuite } from './directory.ts';
import { discussionSuite } from './discussions.ts';
import { findingsSuite } from './findings.ts';
import { learnedSuite } from './learned.ts';
import { mailSuite } from './mail.ts';
import { modelSuite } from './model.ts';
import { personalSuite } from './personal.ts';
import { querySuite } from './query.ts';
import { queryModelSuite } from './query-model.ts';
import { senderSuite } from './senders.ts';
import { stateSuite } from './states.ts';
import type { StoreFactory, StoreFeatures } from './under-test.ts';
import { zoneSuite } from './zones.ts';

/** The whole contract of `delivery/store/store.ts`, for every back-end. */
export function storeSuite(name: string, factory: StoreFactory, features: StoreFeatures): void {
  describe(name, () => {
    directorySuite(factory);
    mailSuite(factory);
    discussionSuite(factory);
    querySuite(factory, features);
    queryModelSuite(factory, features);
    changesSuite(factory);
    personalSuite(factory);
    stateSuite(factory);
    senderSuite(factory);
    learnedSuite(factory);
    findingsSuite(factory);
    zoneSuite(factory);
    modelSuite(factory);
  });
}
