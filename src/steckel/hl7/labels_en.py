"""English names of segments and of their fields, in the order of the fields."""

from typing import Final

SEGMENTS: Final = {
    "MSH": "Message header", "MSA": "Acknowledgement", "ERR": "Error", "SFT": "Software",
    "EVN": "Event", "PID": "Patient", "PD1": "Patient, more", "PV1": "Visit",
    "PV2": "Visit, more", "NK1": "Next of kin", "MRG": "Merged identifiers",
    "ORC": "Order", "OBR": "Requested procedure", "OBX": "Observation", "NTE": "Comment",
    "TQ1": "Timing and quantity", "IPC": "Imaging procedure", "ZDS": "Study Instance UID",
    "SCH": "Appointment", "AIS": "Appointment: service", "AIG": "Appointment: resource",
    "AIL": "Appointment: location", "AIP": "Appointment: person", "RGS": "Resource group",
    "TXA": "Document", "AL1": "Allergy", "DG1": "Diagnosis", "IN1": "Insurance",
    "GT1": "Guarantor", "PRT": "Participation", "ZBE": "Movement",
    "ZFA": "Shared medical record (DMP)", "ZFD": "Patient, more (France)",
    "ZFP": "Occupation (France)", "ZFV": "Visit, more (France)",
    "ZFM": "Movement, PMSI (France)", "ZFS": "Legal mode of care (France)",
}  # fmt: skip

FIELDS: Final = {
    "MSH": "Field separator|Encoding characters|Sending application|Sending facility"
    "|Receiving application|Receiving facility|Date and time|Security|Message type|Control ID"
    "|Processing ID|Version|Sequence number|Continuation pointer|Accept acknowledgement"
    "|Application acknowledgement|Country|Character set|Language|Character set handling"
    "|Message profile|Sending organization|Receiving organization|Sending network address"
    "|Receiving network address",
    "MSA": "Acknowledgement code|Control ID of the message|Text|Expected sequence number"
    "|Delayed acknowledgement|Error condition|Messages waiting|Waiting priority",
    "ERR": "Code and location (old)|Location|Error code|Severity|Application error code"
    "|Application error parameter|Diagnostic information|Text for the user|Inform whom"
    "|Override type|Override reason|Help desk contact",
    "SFT": "Vendor|Version|Product|Binary ID|Product information|Installed on",
    "EVN": "Event (old)|Recorded on|Planned for|Reason|Operator|Occurred on|Facility",
    "PID": "Set ID|Patient ID (external, old)|Patient identifiers|Other patient ID (old)|Name"
    "|Mother's maiden name|Birth date|Sex|Alias (old)|Race|Address|County|Phone, home"
    "|Phone, work|Language|Marital status|Religion|Account number|Social security number"
    "|Driver's licence|Mother's identifier|Ethnic group|Birth place|Multiple birth|Birth order"
    "|Citizenship|Veteran status|Nationality|Death date|Dead|Identity unknown"
    "|Identity reliability|Last update|Last update facility|Species|Breed|Strain"
    "|Production class|Tribal citizenship|Contact",
    "PD1": "Living dependency|Living arrangement|Primary facility|Primary care provider (old)"
    "|Student|Handicap|Living will|Organ donor|Separate bill|Duplicate patient"
    "|Publicity|Protection|Protection since|Place of worship|Advance directive"
    "|Immunization registry status|Immunization status since|Publicity since|Military branch"
    "|Military rank|Military status",
    "PV1": "Set ID|Patient class|Location|Admission type|Preadmit number|Prior location"
    "|Attending doctor|Referring doctor|Consulting doctor|Hospital service|Temporary location"
    "|Preadmit test|Re-admission|Admit source|Ambulatory status|VIP|Admitting doctor"
    "|Patient type|Visit number|Financial class|Charge price|Courtesy|Credit rating"
    "|Contract|Contract since|Contract amount|Contract period|Interest"
    "|Bad debt|Bad debt since|Bad debt agency|Bad debt transferred"
    "|Bad debt recovered|Account deleted|Account deleted on|Discharge disposition"
    "|Discharged to|Diet|Servicing facility|Bed status (old)|Account status|Pending location"
    "|Prior temporary location|Admitted on|Discharged on|Balance|Total charges"
    "|Total adjustments|Total payments|Alternate visit ID|Visit indicator|Other provider",
    "PV2": "Prior pending location|Accommodation|Admit reason|Transfer reason|Valuables"
    "|Valuables location|Visit user|Expected admit|Expected discharge|Estimated days"
    "|Actual days|Visit description|Referral source|Previous service|Employment related"
    "|Purge status|Purge on|Special programme|Retention|Expected insurance plans"
    "|Visit publicity|Visit protection|Clinic organization|Patient status|Visit priority"
    "|Previous treatment|Expected disposition|Signature on file|First similar illness"
    "|Charge adjustment|Recurring service|Billing media|Expected surgery|Military partnership"
    "|Military non-availability|Newborn|Baby detained|Mode of arrival|Recreational drugs"
    "|Level of care|Precautions|Condition|Living will|Organ donor|Advance directive"
    "|Status since|Expected return|Expected preadmission testing|Notify clergy",
    "NK1": "Set ID|Name|Relationship|Address|Phone|Phone, work|Role|Start|End|Job title"
    "|Job code|Employee number|Organization|Marital status|Sex|Birth date|Living dependency"
    "|Ambulatory status|Citizenship|Language|Living arrangement|Publicity|Protection|Student"
    "|Religion|Mother's maiden name|Nationality|Ethnic group|Contact reason|Contact person"
    "|Contact's phone|Contact's address|Identifiers|Job status|Race|Handicap"
    "|Social security number|Birth place|VIP",
    "MRG": "Prior patient identifiers|Prior alternate ID (old)|Prior account number"
    "|Prior patient ID (old)|Prior visit number|Prior alternate visit ID|Prior name",
    "ORC": "Order control|Placer order number|Filler order number|Placer group number"
    "|Order status|Response flag|Quantity and timing (old)|Parent order|Transaction time"
    "|Entered by|Verified by|Ordering provider|Enterer's location|Call-back phone"
    "|Effective from|Control reason|Entering organization|Entering device|Action by"
    "|Beneficiary notice|Ordering facility|Ordering facility address|Ordering facility phone"
    "|Ordering provider address|Status modifier|Notice override reason|Filler available on"
    "|Confidentiality|Order type|Enterer authorization|Parent service",
    "OBR": "Set ID|Placer order number|Filler order number|Procedure|Priority (old)"
    "|Requested on (old)|Observed from|Observed to|Collection volume|Collector|Specimen action"
    "|Danger code|Clinical information|Specimen received|Specimen source|Ordering provider"
    "|Call-back phone|Placer field 1 (accession number)"
    "|Placer field 2 (requested procedure ID)|Filler field 1 (scheduled step ID)"
    "|Filler field 2|Result status changed|Charge|Modality or section|Result status"
    "|Parent result|Quantity and timing (old)|Copies to|Parent|Transport|Reason"
    "|Principal interpreter|Assistant interpreter|Technician|Transcriptionist"
    "|Scheduled for|Sample containers|Sample transport|Collector's comment"
    "|Transport responsibility|Transport arranged|Escort required|Planned transport"
    "|Procedure code|Procedure modifier|Placer's supplement|Filler's supplement"
    "|Duplicate procedure reason|Result handling|Parent service",
    "OBX": "Set ID|Value type|Observation|Sub-ID|Value|Units|Reference range|Abnormal flags"
    "|Probability|Abnormality kind|Result status|Reference range since|Access checks"
    "|Observed on|Producer|Observer|Method|Equipment|Analysed on|Site|Instance ID|Mood"
    "|Performing organization|Performing organization address|Performing director",
    "NTE": "Set ID|Source|Comment|Type|Entered by|Entered on|Effective from|Expires on",
    "TQ1": "Set ID|Quantity|Repeat pattern|Explicit time|Relative time|Service duration|Start"
    "|End|Priority|Condition|Instruction|Conjunction|Occurrence duration|Occurrences",
    "IPC": "Accession number|Requested procedure ID|Study Instance UID|Scheduled step ID"
    "|Modality|Protocol|Station name|Station location|Station AE title",
    "ZDS": "Study Instance UID",
    "SCH": "Placer appointment ID|Filler appointment ID|Occurrence|Placer group number|Schedule"
    "|Event reason|Appointment reason|Appointment type|Duration|Duration units"
    "|Timing (old)|Placer contact|Placer phone|Placer address|Placer location|Filler contact"
    "|Filler phone|Filler address|Filler location|Entered by|Enterer's phone"
    "|Enterer's location|Parent placer ID|Parent filler ID|Status|Placer order number"
    "|Filler order number",
    "AIS": "Set ID|Action|Service|Start|Start offset|Offset units|Duration|Duration units"
    "|Substitution|Status|Placer's supplement|Filler's supplement",
    "AIG": "Set ID|Action|Resource|Resource type|Resource group|Quantity|Quantity units|Start"
    "|Start offset|Offset units|Duration|Duration units|Substitution|Status",
    "AIL": "Set ID|Action|Location|Location type|Location group|Start|Start offset"
    "|Offset units|Duration|Duration units|Substitution|Status",
    "AIP": "Set ID|Action|Person|Role|Resource group|Start|Start offset|Offset units|Duration"
    "|Duration units|Substitution|Status",
    "RGS": "Set ID|Action|Resource group",
    "TXA": "Set ID|Document type|Content|Activity on|Activity provider|Originated on"
    "|Transcribed on|Edited on|Originator|Authenticator|Transcriptionist|Document number"
    "|Parent document number|Placer order number|Filler order number|File name"
    "|Completion status|Confidentiality|Availability|Storage|Change reason"
    "|Authenticated by, on|Distributed to|Folder|Title",
    "AL1": "Set ID|Allergen type|Allergen|Severity|Reaction|Identified on",
    "DG1": "Set ID|Coding method (old)|Diagnosis|Description (old)|Diagnosed on|Type"
    "|Major category (old)|Related group (old)|Group approved (old)|Group review (old)"
    "|Outlier type (old)|Outlier days (old)|Outlier cost (old)|Grouper version (old)|Priority"
    "|Diagnosing clinician|Classification|Confidential|Attested on|Identifier|Action",
    "IN1": "Set ID|Plan|Company ID|Company|Company address|Company contact|Company phone"
    "|Group number|Group name|Insured's group employer ID|Insured's group employer|Plan from"
    "|Plan to|Authorization|Plan type|Insured's name|Relationship to patient"
    "|Insured's birth date|Insured's address|Assignment of benefits"
    "|Coordination of benefits|Coordination priority|Admission notice|Admission notice on"
    "|Eligibility report|Eligibility report on|Release of information|Pre-admit certificate"
    "|Verified on|Verified by|Agreement type|Billing status|Lifetime reserve days"
    "|Delay before reserve|Company plan code|Policy number|Deductible|Limit, amount"
    "|Limit, days|Room rate, semi-private|Room rate, private|Insured's employment"
    "|Insured's sex|Insured's employer address|Verification status|Prior plan|Coverage type"
    "|Handicap|Insured's identifier|Signature|Signature on|Insured's birth place|VIP",
    "GT1": "Set ID|Guarantor number|Name|Spouse|Address|Phone, home|Phone, work|Birth date|Sex"
    "|Type|Relationship|Social security number|From|To|Priority|Employer|Employer address"
    "|Employer phone|Employee number|Employment status|Organization|Billing hold"
    "|Credit rating|Death date|Dead|Charge adjustment|Household income|Household size"
    "|Employer ID|Marital status|Hired on|Employment ended on|Living dependency"
    "|Ambulatory status|Citizenship|Language|Living arrangement|Publicity|Protection|Student"
    "|Religion|Mother's maiden name|Nationality|Ethnic group|Contact person|Contact's phone"
    "|Contact reason|Contact relationship|Job title|Job code|Employer's organization|Handicap"
    "|Job status|Financial class|Race|Birth place|VIP",
    "PRT": "Participation ID|Action|Action reason|Participation|Person|Provider type"
    "|Organization unit type|Organization|Location|Device|From|To|Qualitative duration"
    "|Address|Phone or e-mail",
    "ZBE": "Movement ID|Start|End|Action|Historical|Original event"
    "|Medical unit|Nursing unit|Nature of movement",
    "ZFA": "Status|Status collected on|Closed on|Access authorized|Authorization collected on"
    "|Opposed to emergency access|Opposed to regulation centre access"
    "|Opposition collected on",
    "ZFD": "Lunar birth date|Weeks of gestation|Consent to text messages|Birth date corrected"
    "|Identity obtained by|INSi queried on|Identity document|Document valid until",
    "ZFP": "Activity|Category",
    "ZFV": "Origin and last stay|Transport at discharge|Preadmission type|Placement from"
    "|Placement to|Address of origin or destination|Stay number at origin|Archive number"
    "|Local discharge mode|RIM-P legal mode|Care during transport",
    "ZFM": "Entry mode|Exit mode|Origin|Destination",
    "ZFS": "Set ID|Legal mode ID|Start|End|Action|Legal mode|RIM-P code|Comment",
}
