import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import "./ui/ui.css";

import { App } from "./app/App.tsx";
import { startTexts } from "./i18n/setup.ts";

startTexts();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
