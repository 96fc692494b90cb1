/** How far something is that takes a moment. `value` is from 0 to 1; without it, only that it goes on. */
export function Progress({ label, value }: { label: string; value?: number }) {
  return (
    <div className="progress">
      <span role="status">{label}</span>
      <progress aria-label={label} max={1} {...(value !== undefined && { value })} />
    </div>
  );
}
