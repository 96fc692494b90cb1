import { expect } from "chai";
import { getIntrospectionQuery } from "graphql";

import { prepare } from "../../api/graphql/document.ts";
import { documents } from "./vectors.ts";

/** The messages of what is refused; none of what is taken. */
function refusals(text: string): string[] {
  const outcome = prepare(text);
  return "errors" in outcome ? outcome.errors.map(({ message }) => message) : [];
}

/** `count` texts, joined by blanks. */
const many = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_value, index) => text(index)).join(" ");

/** Selections in each other. */
const nested = (depth: number, open: string, inner: string): string =>
  `${`${open} { `.repeat(depth)}${inner}${" }".repeat(depth)}`;

const identity = (selection: string): string => `{ identity(platform: twitter, identity: "a") { ${selection} } }`;

describe("GraphQL documents", () => {
  it("of clients of all years are taken", () => {
    const all = documents();
    expect(all).to.have.length.of.at.least(28);
    for (const { name, text } of all) expect(refusals(text), name).to.deep.equal([]);
  });

  it("may introspect, as code generators and editors do", () => {
    const whole = getIntrospectionQuery({
      ...{ inputValueDeprecation: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true },
    });
    expect(refusals(whole)).to.deep.equal([]);
  });

  it("keep to all rules but that of variables' types", () => {
    expect(refusals("query ($a: String) { identity(platform: $a, identity: $a) { id } }")).to.deep.equal([]);
    for (const [text, message] of [
      ["{ identity { nothing } }", 'Cannot query field "nothing"'],
      ["{ identity }", "must have a selection of subfields"],
      ["{ identity(platform: $a) { id } }", 'Variable "$a" is not defined'],
      ["{ identity(platform: [twitter]) { id } }", "neither a text nor an enum"],
      ["query ($a: Platfrom!) { identity(platform: $a) { id } }", 'Unknown type "Platfrom"'],
      ["{ ping", "Syntax Error"],
      ["", "Syntax Error"],
    ]) {
      const found = refusals(text!);
      expect(found[0], text).to.include(message);
    }
  });

  const bombs: [name: string, text: string, message: RegExp][] = [
    ["10,000 aliases", `{ ${many(10_000, (index) => `a${index}: ping`)} }`, /more than 2000 tokens|token/i],
    ["101 aliases", `{ ${many(101, (index) => `a${index}: ping`)} }`, /more than 100 aliases/],
    ["levels without end", `{ ${nested(5_000, "a", "b")} }`, /token/i],
    [
      "levels of neighbours",
      identity(nested(6, "neighbor { identity", "id").replaceAll(" }", " } }")),
      /levels of fields/,
    ],
    ["a fragment of itself", `{ ...A } fragment A on Query { ping ...A }`, /fragment A is a part of itself/],
    [
      "fragments in a circle",
      `${identity("...A")} fragment A on IdentityRecord { ...B } fragment B on IdentityRecord { id ...C }
       fragment C on IdentityRecord { ownedBy { ...A } }`,
      /fragment A is a part of itself/,
    ],
    [
      "a circle that nothing uses",
      `{ ping } fragment A on Query { ...B } fragment B on Query { ...A }`,
      /is a part of itself/,
    ],
    [
      "fragments that double 40 times",
      `{ ...F0 } ${many(40, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)}
       fragment F40 on Query { ping }`,
      /more than 10 fields of one name/,
    ],
    [
      "fragments that double 40 times under other names",
      `{ ...F0 } ${many(
        40,
        (index) => `fragment F${index} on Query { a${index}: identity { ...G${index} } ...F${index + 1} }
        fragment G${index} on IdentityRecord { b: ownedBy { ...G${index + 1} } c: ownedBy { ...G${index + 1} } }`,
      )}
       fragment F40 on Query { ping } fragment G40 on IdentityRecord { id }`,
      /levels of fields|fields|aliases|token/,
    ],
    ["directives without end", `{ ping ${"@skip(if: false) ".repeat(51)} }`, /more than 50 directives/],
    ["types of types", `{ __schema { types { fields { type { fields { name } } } } } }`, /introspect each type once/],
    [
      "types of types behind fragments",
      `{ __type(name: "Query") { ...T } } fragment T on __Type { fields { type { ...U } } } fragment U on __Type { possibleTypes { name } }`,
      /introspect each type once/,
    ],
    ["1,800 fields of one name", `{ ${"ping ".repeat(1_800)} }`, /more than 10 fields of one name/],
    [
      "fields of one name in fragments",
      `{ ${many(40, (index) => `...F${index}`)} } ${many(40, (index) => `fragment F${index} on Query { ping }`)}`,
      /more than 10 fields of one name/,
    ],
  ];
  for (const [name, text, message] of bombs) {
    it(`are refused at once where they are too much: ${name}`, function () {
      // By far more than it takes on a busy machine, and by far less than what it would take to do as told.
      this.timeout(5_000);
      const [first = ""] = refusals(text);
      expect(first).to.match(message);
    });
  }
});
