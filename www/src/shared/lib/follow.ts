/** Downloads it. The page stays, also where the file has gone meanwhile: a download that fails says so, and is no page. */
export function follow(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
