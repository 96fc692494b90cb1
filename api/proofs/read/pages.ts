import { z } from "zod";

/** Rows on one page, as Next.ID has it. */
export const PER_PAGE = 40;

/** What Next.ID says about the page beside its rows. */
export const paginationShape = z
  .object({
    total: z.int().min(0).meta({ description: "Rows on all pages." }),
    per: z.int(),
    current: z.int(),
    next: z.int().min(0).meta({ description: "0 on the last page, and on one that is empty." }),
  })
  .meta({ id: "Pagination" });
export type Pagination = z.infer<typeof paginationShape>;

/** The pagination of one page; an empty page has no next one. */
export function pagination(total: number, page: number): Pagination {
  return { total, per: PER_PAGE, current: page, next: page * PER_PAGE < total ? page + 1 : 0 };
}

/** How many rows stand before a page. */
export function offsetOf(page: number): number {
  return (page - 1) * PER_PAGE;
}
