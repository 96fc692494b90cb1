/* global SwaggerUIBundle, trustedTypes */

// Swagger UI gives React markup as text, which the page's policy takes only by way of this. What is not its own it has
// cleaned before (DOMPurify), and scripts of any kind stay refused: this policy makes none.
globalThis.trustedTypes?.createPolicy("default", { createHTML: (markup) => markup });

SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });
