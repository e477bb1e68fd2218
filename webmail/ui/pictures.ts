import { useEffect, useState } from 'preact/hooks';
import type { PictureSigning } from '../wire.ts';
import type { Wanted } from './remote-css.ts';
import { useApp } from './state.ts';

/** What the server lets through of a message's pictures. */
export interface SignedPictures {
  /** Its own addresses by those of the pictures. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Addresses that only tell of reading, and stay out. */
  readonly beacons: readonly string[];
}

/** The remote pictures of one message on the screen. */
export interface Pictures {
  /** Null: they are not shown. */
  readonly signed: SignedPictures | null;
  /** Whether the owner may ask for them. */
  readonly isOffered: boolean;
  readonly isWorking: boolean;
  readonly hasFailed: boolean;
  toggle(): void;
}

/** More would only be a flood; no letter shows so many. */
const maxAddresses = 500;

/** The pictures of a message, which the server fetches once its owner has said so; remembered until the page goes. */
export function usePictures(emailId: string | null, wanted: readonly Wanted[] | null): Pictures {
  const { state, store, client } = useApp();
  const [signed, setSigned] = useState<SignedPictures | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const isNever = state.preferences.remoteContent === 'never';
  const isOffered = !isNever && emailId !== null && (wanted ?? []).some(({ isPicture }) => isPicture);
  const isWished = isOffered && state.picturesOf.has(emailId);
  const wish = (isOn: boolean) => {
    const others = [...store.get().picturesOf].filter(id => id !== emailId);
    store.set({ picturesOf: new Set(isOn && emailId ? [...others, emailId] : others) });
  };
  useEffect(() => {
    if (!isWished || !wanted) return setSigned(null);
    setFailed(false);
    let isOver = false;
    const accountId = state.session?.accountId ?? '';
    const urls = [...new Set(wanted.filter(({ isPicture }) => isPicture).map(({ address }) => address))];
    client
      .call([['Picture/sign', { accountId, emailId, urls: urls.slice(0, maxAddresses) }, 'sign']])
      .then(({ sign }) => isOver || setSigned(readSigned(sign as unknown as PictureSigning)))
      .catch(() => {
        if (isOver) return;
        setFailed(true);
        wish(false);
      });
    return () => {
      isOver = true;
    };
  }, [isWished]);
  const isWorking = isWished && signed === null;
  return { signed, isOffered, isWorking, hasFailed, toggle: () => wish(!isWished) };
}

function readSigned({ list }: PictureSigning): SignedPictures {
  const good = list.flatMap(({ url, address }): [string, string][] => (address ? [[url, address]] : []));
  return {
    addresses: new Map(good),
    beacons: list.filter(({ refused }) => refused === 'beacon').map(({ url }) => url),
  };
}
