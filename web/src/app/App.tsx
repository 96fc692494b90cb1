import { Suspense } from "react";
import { Route, Router, Switch, useLocation } from "wouter";

import { Loading } from "../ui/Waiting.tsx";
import { Layout } from "./Layout.tsx";
import { ROUTER } from "./location.ts";
import { MissingPage } from "./MissingPage.tsx";
import { PageErrors } from "./PageErrors.tsx";
import { Providers } from "./Providers.tsx";
import { ROUTES } from "./routes.tsx";

/** The whole page. */
export function App() {
  return (
    <Providers>
      <Router {...ROUTER}>
        <Suspense>
          <Layout>
            <Pages />
          </Layout>
        </Suspense>
      </Router>
    </Providers>
  );
}

function Pages() {
  const [path] = useLocation();
  return (
    // Another address is another attempt.
    <PageErrors key={path}>
      <Suspense fallback={<Loading />}>
        <Switch>
          {ROUTES.map(([route, Page]) => (
            <Route key={String(route)} path={route}>
              <Page />
            </Route>
          ))}
          <Route>
            <MissingPage />
          </Route>
        </Switch>
      </Suspense>
    </PageErrors>
  );
}
