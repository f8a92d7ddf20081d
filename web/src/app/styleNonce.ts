/**
 * The page's policy (CSP) lets only those <style> elements count that carry the answer's nonce, and no style that is
 * written as an attribute's text. antd and what it stands on do both as the page runs: each <style> that is made
 * gets the nonce here, and an attribute's text goes through the element's own style, which the policy allows.
 */
const nonce = document.querySelector<HTMLMetaElement>("meta[name=style-nonce]")?.content;

if (nonce) {
  const make = document.createElement.bind(document);
  document.createElement = (tag: string, options?: ElementCreationOptions) => {
    const element = make(tag, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };

  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its element
  const set = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name: string, value: string) {
    if (name === "style" && (this instanceof HTMLElement || this instanceof SVGElement))
      this.style.cssText = value;
    else set.call(this, name, value);
  };
}
