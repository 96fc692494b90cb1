// Before anything is painted, so that a dark page never flashes white. A file of its own: the policy allows no script in the
// page. `src/app/theme.ts` writes what this reads.
try {
  const theme = localStorage.getItem("syngraph.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's theme it is.
}
