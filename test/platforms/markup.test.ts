import { expect } from "chai";

import { type Element, elementsOf, hasClass, parseHtml, textOf } from "../../api/platforms/markup.ts";
import { CheckError } from "../../api/platforms/types.ts";

describe("markup", () => {
  it("reads the text that a reader sees", () => {
    const html = "<p>Sig: a&amp;b<br>c</p><script>d</script><style>e</style><p>f&lt;g&gt;&#x41;&nbsp;<b>h</b></p>";
    expect(textOf(parseHtml(html))).to.equal("\nSig: a&b\nc\n\nf<g>A\u00a0h\n");
  });

  it("decodes entities once", () => {
    expect(textOf(parseHtml("&amp;lt;&amp;#83;ig:"))).to.equal("&lt;&#83;ig:");
  });

  it("leaves out what is to be skipped, with all that is in it", () => {
    const root = parseHtml('<div class="x"><i class="y">1</i></div><i class="y z">2</i>');
    expect(textOf(root, isX)).to.equal("2");
    const found = elementsOf(root, (element) => hasClass(element, "y"), isX);
    expect(found.map((element) => textOf(element))).to.deep.equal(["2"]);
    expect(elementsOf(root, (element) => hasClass(element, "y"))).to.have.length(2);
  });

  it("refuses HTML that would overflow the stack or keep the processor busy", () => {
    for (const html of ["<div>".repeat(20_000), "<a>x".repeat(120_000), "<div>".repeat(100_000)]) {
      expect(() => textOf(parseHtml(html)), html.slice(0, 10)).to.throw(CheckError, /longer|nested deeper|more than/);
    }
    expect(textOf(parseHtml(`${"<i>".repeat(400)}x`))).to.equal("x");
  });

  it("refuses HTML of which a parser makes far more than was sent", () => {
    // Each `<p>x` reopens every one of them.
    const open = Array.from({ length: 500 }, (_, index) => `<b a${index}>`).join("");
    expect(() => parseHtml(`<p>${open}${"x<p>".repeat(500)}`)).to.throw(CheckError, /more than 4096 elements/);
    expect(textOf(parseHtml("<p><b>a</p><p>c</p>"))).to.equal("\na\n\nc\n");
  });
});

function isX(element: Element): boolean {
  return hasClass(element, "x");
}
