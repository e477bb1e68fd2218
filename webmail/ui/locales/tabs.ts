import type { Language } from './languages.ts';

const en = {
  pin: 'Pin to this device',
  save: 'Save',
  saveAs: 'Save under the name',
  savedName: 'Saved under the name',
  saveHint: 'Saved lists stand beside your tags, on every device.',
  rename: 'Rename',
  forget: 'Forget',
  close: 'Close this tab',
  closeOthers: 'Close the others',
  saved: (name: string) => `Saved as “${name}”.`,
  renamed: (name: string) => `Renamed to “${name}”.`,
  forgotten: 'No longer saved. Its messages stay where they are.',
};

const fr: typeof en = {
  pin: 'Épingler sur cet appareil',
  save: 'Enregistrer',
  saveAs: 'Enregistrer sous le nom',
  savedName: 'Enregistrée sous le nom',
  saveHint: 'Les listes enregistrées figurent à côté de vos étiquettes, sur tous vos appareils.',
  rename: 'Renommer',
  forget: 'Oublier',
  close: 'Fermer cet onglet',
  closeOthers: 'Fermer les autres',
  saved: name => `Enregistrée sous « ${name} ».`,
  renamed: name => `Renommée en « ${name} ».`,
  forgotten: 'N’est plus enregistrée. Ses messages restent où ils sont.',
};

/** Words of the panel of a tab. */
export const tabsWords = { en, fr } satisfies Record<Language, typeof en>;
