/** Fetches the styles that the first screens don't need. A view without them is plain, and better than none. */
export async function loadLaterStyle(): Promise<void> {
  const link = document.getElementById('later-style') as HTMLLinkElement | null;
  if (!link || link.sheet) return;
  await new Promise(resolve => {
    link.addEventListener('load', resolve);
    link.addEventListener('error', resolve);
    link.rel = 'stylesheet';
  });
}
