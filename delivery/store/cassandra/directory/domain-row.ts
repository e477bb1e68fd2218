import { DeliveryError } from '../../../errors.ts';
import { requireDomain } from '../../address.ts';
import type { Domain } from '../../store.ts';
import type { Session } from '../session.ts';

/** A row of `domain`, which lightweight transactions alone write. */
export interface DomainRecord {
  readonly name: string;
  readonly tenant: string;
  readonly catch_all: string | null;
  readonly created: Date;
  /** Who made it: tells the claim whose answer was lost from another's. */
  readonly claim: string;
  /** When it was claimed, by the clock of the transactions. */
  readonly written: bigint;
}

/** Columns of `DomainRecord`. */
export const domainColumns = 'name, tenant, catch_all, created, claim, writetime(claim) as written' as const;

/** The domain of this normalized name; undefined when it is not served. */
export async function findDomain(session: Session, name: string): Promise<DomainRecord | undefined> {
  return await session.row<DomainRecord>(`select ${domainColumns} from domain where name = ?`, [name]);
}

/** The domain of this name in any spelling; throws `badAddress`, `notFound`. */
export async function requireServed(session: Session, name: string): Promise<DomainRecord> {
  const domain = requireDomain(name);
  const record = await findDomain(session, domain);
  if (!record) throw new DeliveryError('notFound', 'no such domain', { fields: { domain } });
  return record;
}

/** The domain in the words of the contract. */
export function toDomain(record: DomainRecord): Domain {
  return {
    name: record.name,
    tenantId: record.tenant,
    catchAllAccountId: record.catch_all,
    createdAt: record.created,
  };
}
