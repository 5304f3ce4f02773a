/** "every day" as the beginning of a line: "Every day". */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
