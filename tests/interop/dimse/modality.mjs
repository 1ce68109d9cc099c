// A modality made of dcmjs-dimse: asks for its worklist, performs what it finds, asks for commitment.
//
// node modality.mjs MODULES PORT: prints one JSON object, what each step was answered.
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, port] = process.argv.slice(2);
const require = createRequire(join(modules, "modality.cjs"));
const dimse = require("dcmjs-dimse");
dimse.log.setLevel("silent");
const { Client, Dataset } = dimse;
const { CFindRequest, NCreateRequest, NSetRequest, NGetRequest, NActionRequest } = dimse.requests;
const { Status, SopClass } = dimse.constants;

const told = { items: [], statuses: {}, events: [] };

function run(requests, linger = 0) {
  return new Promise((resolve, reject) => {
    const client = new Client();
    for (const request of requests) client.addRequest(request);
    client.on("networkError", reject);
    client.on("associationRejected", () => reject(new Error("rejected")));
    client.on("closed", resolve);
    client.on("nEventReportRequest", (request, callback) => {
      told.events.push({ type: request.getEventTypeId(), data: request.getDataset().getElements() });
      const response = dimse.responses.NEventReportResponse.fromRequest(request);
      response.setStatus(Status.Success);
      callback(response);
    });
    const options = { associationLingerTimeout: linger };
    client.send("127.0.0.1", Number(port), "CT1", "STECKEL", options);
  });
}

function noting(name, request) {
  request.on("response", (response) => {
    told.statuses[name] = response.getStatus();
    if (name === "find" && response.getStatus() === Status.Pending)
      told.items.push(response.getDataset().getElements());
    if (name === "get") told.read = response.getDataset().getElements();
  });
  return request;
}

const find = CFindRequest.createWorklistFindRequest({
  PatientName: "",
  PatientID: "",
  StudyInstanceUID: "",
  ScheduledProcedureStepSequence: [
    {
      ScheduledStationAETitle: "CT1",
      ScheduledProcedureStepStartDate: "20261124",
      ScheduledProcedureStepID: "",
      Modality: "",
    },
  ],
});
await run([noting("find", find)]);

const MPPS = SopClass.ModalityPerformedProcedureStep;
const UID = "1.2.826.0.1.3680043.10.1972.77";
const create = new NCreateRequest(MPPS, UID);
create.setDataset(new Dataset({ PerformedProcedureStepStatus: "IN PROGRESS", Modality: "CT" }));
const set = new NSetRequest(MPPS, UID);
set.setDataset(new Dataset({ PerformedProcedureStepStatus: "COMPLETED" }));
await run([noting("create", create), noting("set", set)]);
const get = new NGetRequest("1.2.840.10008.3.1.2.3.4", UID, []);
await run([noting("get", get)]);

const action = new NActionRequest(
  SopClass.StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1", 1,
);
action.setDataset(
  new Dataset({
    TransactionUID: "2.25.77",
    ReferencedSOPSequence: [
      { ReferencedSOPClassUID: "1.2.840.10008.5.1.4.1.1.2", ReferencedSOPInstanceUID: "1.2.3" },
    ],
  }),
);
await run([noting("action", action)], 3000);

console.log(JSON.stringify(told));
process.exit(0);
