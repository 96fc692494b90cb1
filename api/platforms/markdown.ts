/**
 * A chat message's text without what its author quotes or shows as code (Markdown as Discord and Slack have it): somebody
 * who shows another's proof does not make it theirs.
 *
 * @param quote how a quoted line begins.
 */
export function withoutQuotes(text: string, quote = ">"): string {
  const [own] = text.split(new RegExp(`^${quote}${quote}${quote} `, "m"));
  return own!
    .replace(/```[\s\S]*?(?:```|$)/g, "\n")
    .replace(/`[^`\n]*`/g, " ")
    .split("\n")
    .filter((line) => !line.startsWith(quote))
    .join("\n");
}
