/** Domains: their life, their configuration, their interfaces, and moving them. */
import { Type } from "typebox";
import { DomainDescription, VifDescription } from "../domain/description.ts";
import { DomainInformation } from "../domain/information.ts";
import type { Toolstack } from "../domain/toolstack.ts";
import * as requests from "./requests.ts";
import { json, NOTHING, operation, type Router } from "./router.ts";

const params = requests.DomainParameters;

export function addDomainRoutes(router: Router, toolstack: Toolstack): void {
  router.get("/v1/domains", operation("listDomains", "all domains", json(Type.Array(DomainInformation)), {}), () =>
    toolstack.list(),
  );
  router.post(
    "/v1/domains",
    operation("createDomain", "create a domain, and boot it if it has a configuration", json(DomainInformation, 201), {
      querystring: requests.CreateQuery,
      body: DomainDescription,
    }),
    async ({ body, query }, reply) => reply.code(201).send(await toolstack.create(body, query)),
  );
  router.get(
    "/v1/domains/:domain",
    operation("getDomain", "one domain", json(DomainInformation), { params }),
    ({ params: { domain } }) => toolstack.information(domain),
  );
  router.delete(
    "/v1/domains/:domain",
    operation("destroyDomain", "stop a domain and forget it", NOTHING, { params }),
    async ({ params: { domain } }, reply) => {
      await toolstack.destroy(domain);
      return reply.code(204).send();
    },
  );
  addLife(router, toolstack);
  addConfiguration(router, toolstack);
  addVifs(router, toolstack);
  addMigration(router, toolstack);
}

function addLife(router: Router, toolstack: Toolstack): void {
  router.post(
    "/v1/domains/:domain/stop",
    operation("stopDomain", "stop a domain; it stays, and can be started again", json(DomainInformation), { params }),
    ({ params: { domain } }) => toolstack.stop(domain),
  );
  router.post(
    "/v1/domains/:domain/pause",
    operation("pauseDomain", "keep a domain from running, as it is", json(DomainInformation), { params }),
    ({ params: { domain } }) => toolstack.pause(domain),
  );
  router.post(
    "/v1/domains/:domain/unpause",
    operation("unpauseDomain", "let a paused domain go on", json(DomainInformation), { params }),
    ({ params: { domain } }) => toolstack.unpause(domain),
  );
  router.post(
    "/v1/domains/:domain/reboot",
    operation("rebootDomain", "stop a domain and boot it again", json(DomainInformation), { params }),
    ({ params: { domain } }) => toolstack.reboot(domain),
  );
}

function addConfiguration(router: Router, toolstack: Toolstack): void {
  router.post(
    "/v1/domains/:domain/start",
    {
      ...operation(
        "startDomain",
        "boot a stopped domain, or one without configuration; a running one gets the configuration by hot swap",
        json(DomainInformation),
        { params, body: requests.StartRequest },
      ),
      preValidation: async (request) => {
        request.body ??= {};
      },
    },
    ({ params: { domain }, body: { config, configFile } }) =>
      toolstack.start(domain, config === undefined ? undefined : configuration(config, configFile)),
  );
  router.post(
    "/v1/domains/:domain/swap",
    operation(
      "swapDomain",
      "replace the configuration of a running domain; elements of the same name and class keep their state",
      json(DomainInformation),
      { params, body: requests.SwapRequest },
    ),
    ({ params: { domain }, body: { config, configFile, parameters } }) =>
      toolstack.swap(domain, { ...configuration(config, configFile), ...(parameters && { parameters }) }),
  );
}

function configuration(text: string, file: string | undefined): { readonly text: string; readonly file?: string } {
  return file === undefined ? { text } : { text, file };
}

function addVifs(router: Router, toolstack: Toolstack): void {
  router.post(
    "/v1/domains/:domain/vifs",
    operation("attachVif", "give a domain one more interface", json(DomainInformation), {
      params,
      body: VifDescription,
    }),
    ({ params: { domain }, body }) => toolstack.attachVif(domain, body),
  );
  router.delete(
    "/v1/domains/:domain/vifs/:vif",
    operation("detachVif", "take an interface away", json(DomainInformation), { params: requests.VifParameters }),
    ({ params: { domain, vif } }) => toolstack.detachVif(domain, vif),
  );
}

function addMigration(router: Router, toolstack: Toolstack): void {
  router.post(
    "/v1/domains/:domain/migrate",
    operation("migrateDomain", "move a domain to another daemon, with its state", NOTHING, {
      params,
      body: requests.MigrateRequest,
    }),
    async ({ params: { domain }, body }, reply) => {
      await toolstack.migrate(domain, body);
      return reply.code(204).send();
    },
  );
}
