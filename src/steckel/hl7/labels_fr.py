"""Noms français des segments et de leurs champs, dans l'ordre des champs."""

from typing import Final

SEGMENTS: Final = {
    "MSH": "En-tête du message", "MSA": "Acquittement", "ERR": "Erreur", "SFT": "Logiciel",
    "EVN": "Événement", "PID": "Patient", "PD1": "Patient, suite", "PV1": "Venue",
    "PV2": "Venue, suite", "NK1": "Proche", "MRG": "Identifiants fusionnés",
    "ORC": "Demande", "OBR": "Acte demandé", "OBX": "Observation", "NTE": "Commentaire",
    "TQ1": "Horaire et quantité", "IPC": "Acte d'imagerie", "ZDS": "Study Instance UID",
    "SCH": "Rendez-vous", "AIS": "Rendez-vous : prestation", "AIG": "Rendez-vous : ressource",
    "AIL": "Rendez-vous : lieu", "AIP": "Rendez-vous : personne", "RGS": "Groupe de ressources",
    "TXA": "Document", "AL1": "Allergie", "DG1": "Diagnostic", "IN1": "Assurance",
    "GT1": "Garant", "PRT": "Participation", "ZBE": "Mouvement",
    "ZFA": "Dossier médical partagé (DMP)", "ZFD": "Patient, complément",
    "ZFP": "Situation professionnelle", "ZFV": "Venue, complément",
    "ZFM": "Mouvement, PMSI", "ZFS": "Mode légal de soins",
}  # fmt: skip

FIELDS: Final = {
    "MSH": "Séparateur de champs|Caractères d'encodage|Application émettrice"
    "|Établissement émetteur|Application destinataire|Établissement destinataire|Date et heure"
    "|Sécurité|Type de message|Identifiant de contrôle|Mode de traitement|Version"
    "|Numéro de séquence|Pointeur de suite|Acquittement de réception"
    "|Acquittement applicatif|Pays|Jeu de caractères|Langue|Gestion du jeu de caractères"
    "|Profil de message|Organisation émettrice|Organisation destinataire"
    "|Adresse réseau émettrice|Adresse réseau destinataire",
    "MSA": "Code d'acquittement|Identifiant du message|Texte|Numéro de séquence attendu"
    "|Acquittement différé|Condition d'erreur|Messages en attente|Priorité d'attente",
    "ERR": "Code et position (ancien)|Position|Code d'erreur|Gravité|Code d'erreur applicatif"
    "|Paramètre d'erreur applicatif|Diagnostic|Texte pour l'utilisateur|Qui informer"
    "|Type de dérogation|Motif de dérogation|Contact d'assistance",
    "SFT": "Éditeur|Version|Produit|Identifiant binaire|Informations produit|Installé le",
    "EVN": "Événement (ancien)|Enregistré le|Prévu le|Motif|Opérateur|Survenu le|Établissement",
    "PID": "Numéro d'ordre|Identifiant externe (ancien)|Identifiants du patient"
    "|Autre identifiant (ancien)|Nom|Nom de jeune fille de la mère|Date de naissance|Sexe"
    "|Alias (ancien)|Race|Adresse|Département|Téléphone personnel"
    "|Téléphone professionnel|Langue|Situation familiale|Religion|Numéro de dossier"
    "|Numéro de sécurité sociale|Permis de conduire|Identifiant de la mère|Groupe ethnique"
    "|Lieu de naissance|Naissance multiple|Rang de naissance|Citoyenneté|Ancien combattant"
    "|Nationalité|Date de décès|Décédé|Identité inconnue|Fiabilité de l'identité"
    "|Dernière mise à jour|Établissement de mise à jour|Espèce|Race animale|Souche"
    "|Classe de production|Citoyenneté tribale|Coordonnées",
    "PD1": "Dépendance|Mode de vie|Établissement habituel|Médecin traitant (ancien)|Étudiant"
    "|Handicap|Testament de vie|Don d'organes|Facture séparée|Doublon|Publicité|Protection"
    "|Protection depuis|Lieu de culte|Directive anticipée|Statut au registre vaccinal"
    "|Statut vaccinal depuis|Publicité depuis|Arme|Grade|Statut militaire",
    "PV1": "Numéro d'ordre|Type de venue|Localisation|Type d'admission|Numéro de préadmission"
    "|Localisation précédente|Médecin responsable|Médecin adresseur|Médecin consultant"
    "|Discipline|Localisation temporaire|Bilan de préadmission|Réadmission|Provenance"
    "|Situation du patient|VIP|Médecin qui admet|Catégorie de patient|Numéro de venue"
    "|Catégorie financière|Tarif|Courtoisie|Solvabilité|Contrat|Contrat depuis"
    "|Montant du contrat|Durée du contrat|Intérêts|Impayé|Impayé depuis"
    "|Organisme de recouvrement|Montant transféré|Montant recouvré|Compte supprimé"
    "|Compte supprimé le|Mode de sortie|Destination|Régime|Établissement de soins"
    "|État du lit (ancien)|État du compte|Localisation prévue"
    "|Localisation temporaire précédente|Admis le|Sorti le|Solde|Total des frais"
    "|Total des ajustements|Total des paiements|Autre identifiant de venue|Indicateur de venue"
    "|Autre intervenant",
    "PV2": "Localisation prévue précédente|Hébergement|Motif d'admission|Motif de transfert"
    "|Objets de valeur|Dépôt des objets|Utilisateur|Admission prévue|Sortie prévue"
    "|Jours estimés|Jours réels|Description de la venue|Source d'adressage"
    "|Prestation précédente|Lié au travail|État de purge|Purge le|Programme spécial"
    "|Conservation|Nombre d'assurances|Publicité de la venue|Protection de la venue"
    "|Organisation|Statut du patient|Priorité|Traitement précédent|Issue prévue"
    "|Signature au dossier|Premiers symptômes|Ajustement|Prestation récurrente"
    "|Support de facturation|Chirurgie prévue|Partenariat militaire|Indisponibilité militaire"
    "|Nouveau-né|Nouveau-né retenu|Mode d'arrivée|Usage de drogues|Niveau de soins"
    "|Précautions|État|Testament de vie|Don d'organes|Directive anticipée|Statut depuis"
    "|Retour prévu|Bilan de préadmission prévu|Prévenir le culte",
    "NK1": "Numéro d'ordre|Nom|Lien|Adresse|Téléphone|Téléphone professionnel|Rôle|Début|Fin"
    "|Profession|Code profession|Matricule|Organisation|Situation familiale|Sexe"
    "|Date de naissance|Dépendance|Situation|Citoyenneté|Langue|Mode de vie|Publicité"
    "|Protection|Étudiant|Religion|Nom de jeune fille de la mère|Nationalité"
    "|Groupe ethnique|Motif de contact|Personne à contacter|Téléphone du contact"
    "|Adresse du contact|Identifiants|Statut professionnel|Race|Handicap"
    "|Numéro de sécurité sociale|Lieu de naissance|VIP",
    "MRG": "Anciens identifiants|Ancien autre identifiant (ancien)|Ancien numéro de dossier"
    "|Ancien identifiant (ancien)|Ancien numéro de venue|Ancien autre identifiant de venue"
    "|Ancien nom",
    "ORC": "Contrôle de la demande|Numéro du demandeur|Numéro de l'exécutant"
    "|Numéro de groupe|État de la demande|Réponse attendue|Quantité et horaire (ancien)"
    "|Demande parente|Date de transaction|Saisi par|Vérifié par|Prescripteur|Lieu de saisie"
    "|Téléphone de rappel|Effectif à partir de|Motif|Organisation de saisie|Poste de saisie"
    "|Action de|Avis au bénéficiaire|Établissement prescripteur|Adresse de l'établissement"
    "|Téléphone de l'établissement|Adresse du prescripteur|Précision d'état"
    "|Motif de dérogation|Disponible le|Confidentialité|Type de demande"
    "|Autorisation de saisie|Prestation parente",
    "OBR": "Numéro d'ordre|Numéro du demandeur|Numéro de l'exécutant|Acte|Priorité (ancien)"
    "|Demandé le (ancien)|Observé depuis|Observé jusqu'à|Volume prélevé|Préleveur"
    "|Action sur l'échantillon|Risque|Renseignements cliniques|Échantillon reçu le"
    "|Origine de l'échantillon|Prescripteur|Téléphone de rappel"
    "|Champ demandeur 1 (accession number)|Champ demandeur 2 (identifiant de l'acte demandé)"
    "|Champ exécutant 1 (identifiant de l'étape)|Champ exécutant 2|Résultat modifié le|Frais"
    "|Modalité ou secteur|État du résultat|Résultat parent|Quantité et horaire (ancien)"
    "|Copies à|Parent|Transport|Motif|Interprète principal|Interprète assistant|Manipulateur"
    "|Secrétaire|Prévu le|Nombre de récipients|Transport de l'échantillon"
    "|Commentaire du préleveur|Responsable du transport|Transport organisé"
    "|Accompagnement requis|Transport prévu|Code de l'acte|Modificateur de l'acte"
    "|Complément du demandeur|Complément de l'exécutant|Motif d'acte en double"
    "|Remise du résultat|Prestation parente",
    "OBX": "Numéro d'ordre|Type de valeur|Observation|Sous-identifiant|Valeur|Unité"
    "|Valeurs de référence|Anomalie|Probabilité|Nature de l'anomalie|État du résultat"
    "|Référence depuis|Contrôle d'accès|Observé le|Producteur|Observateur|Méthode|Équipement"
    "|Analysé le|Site|Identifiant d'instance|Mode|Organisation exécutante"
    "|Adresse de l'organisation|Responsable médical",
    "NTE": "Numéro d'ordre|Origine|Commentaire|Type|Saisi par|Saisi le|Effectif le|Expire le",
    "TQ1": "Numéro d'ordre|Quantité|Répétition|Heure explicite|Heure relative|Durée|Début|Fin"
    "|Priorité|Condition|Consigne|Conjonction|Durée d'occurrence|Nombre d'occurrences",
    "IPC": "Accession number|Identifiant de l'acte demandé|Study Instance UID"
    "|Identifiant de l'étape|Modalité|Protocole|Nom du poste|Lieu du poste|AE title du poste",
    "ZDS": "Study Instance UID",
    "SCH": "Identifiant du demandeur|Identifiant de l'exécutant|Occurrence|Numéro de groupe"
    "|Planning|Motif de l'événement|Motif du rendez-vous|Type de rendez-vous|Durée"
    "|Unité de durée|Horaire (ancien)|Contact demandeur|Téléphone du demandeur"
    "|Adresse du demandeur|Lieu du demandeur|Contact exécutant|Téléphone de l'exécutant"
    "|Adresse de l'exécutant|Lieu de l'exécutant|Saisi par|Téléphone de saisie|Lieu de saisie"
    "|Identifiant parent du demandeur|Identifiant parent de l'exécutant|État"
    "|Numéro de demande du demandeur|Numéro de demande de l'exécutant",
    "AIS": "Numéro d'ordre|Action|Prestation|Début|Décalage|Unité du décalage|Durée"
    "|Unité de durée|Substitution|État|Complément du demandeur|Complément de l'exécutant",
    "AIG": "Numéro d'ordre|Action|Ressource|Type de ressource|Groupe de ressources|Quantité"
    "|Unité|Début|Décalage|Unité du décalage|Durée|Unité de durée|Substitution|État",
    "AIL": "Numéro d'ordre|Action|Lieu|Type de lieu|Groupe de lieux|Début|Décalage"
    "|Unité du décalage|Durée|Unité de durée|Substitution|État",
    "AIP": "Numéro d'ordre|Action|Personne|Rôle|Groupe de ressources|Début|Décalage"
    "|Unité du décalage|Durée|Unité de durée|Substitution|État",
    "RGS": "Numéro d'ordre|Action|Groupe de ressources",
    "TXA": "Numéro d'ordre|Type de document|Contenu|Date d'activité|Intervenant|Créé le"
    "|Transcrit le|Modifié le|Auteur|Validateur|Secrétaire|Numéro du document"
    "|Numéro du document parent|Numéro du demandeur|Numéro de l'exécutant|Nom de fichier"
    "|État d'avancement|Confidentialité|Disponibilité|Stockage|Motif du changement"
    "|Validé par, le|Diffusé à|Dossier|Titre",
    "AL1": "Numéro d'ordre|Type d'allergène|Allergène|Gravité|Réaction|Identifiée le",
    "DG1": "Numéro d'ordre|Codage (ancien)|Diagnostic|Description (ancien)|Posé le|Type"
    "|Catégorie majeure (ancien)|Groupe homogène (ancien)|Groupe approuvé (ancien)"
    "|Revue du groupe (ancien)|Type d'écart (ancien)|Jours d'écart (ancien)"
    "|Coût d'écart (ancien)|Version du groupeur (ancien)|Priorité|Clinicien|Classification"
    "|Confidentiel|Attesté le|Identifiant|Action",
    "IN1": "Numéro d'ordre|Contrat|Identifiant de l'organisme|Organisme"
    "|Adresse de l'organisme|Contact de l'organisme|Téléphone de l'organisme|Numéro de groupe"
    "|Nom du groupe|Identifiant de l'employeur|Employeur|Contrat du|Contrat au"
    "|Autorisation|Type de contrat|Nom de l'assuré|Lien avec le patient"
    "|Date de naissance de l'assuré|Adresse de l'assuré|Cession des prestations"
    "|Coordination des prestations|Priorité|Avis d'admission|Avis d'admission le"
    "|Droits vérifiés|Droits vérifiés le|Divulgation|Accord préalable|Vérifié le"
    "|Vérifié par|Type d'accord|État de facturation|Jours de réserve|Délai avant réserve"
    "|Code du contrat|Numéro de police|Franchise|Plafond|Plafond en jours"
    "|Tarif chambre double|Tarif chambre seule|Emploi de l'assuré|Sexe de l'assuré"
    "|Adresse de l'employeur|État de vérification|Contrat précédent|Type de couverture"
    "|Handicap|Identifiant de l'assuré|Signature|Signé le|Lieu de naissance de l'assuré|VIP",
    "GT1": "Numéro d'ordre|Numéro du garant|Nom|Conjoint|Adresse|Téléphone personnel"
    "|Téléphone professionnel|Date de naissance|Sexe|Type|Lien|Numéro de sécurité sociale|Du"
    "|Au|Priorité|Employeur|Adresse de l'employeur|Téléphone de l'employeur|Matricule"
    "|Situation d'emploi|Organisation|Facturation retenue|Solvabilité|Date de décès|Décédé"
    "|Ajustement|Revenu du foyer|Taille du foyer|Identifiant de l'employeur"
    "|Situation familiale|Embauché le|Fin d'emploi le|Dépendance|Situation|Citoyenneté"
    "|Langue|Mode de vie|Publicité|Protection|Étudiant|Religion"
    "|Nom de jeune fille de la mère|Nationalité|Groupe ethnique|Personne à contacter"
    "|Téléphone du contact|Motif de contact|Lien du contact|Profession|Code profession"
    "|Organisation de l'employeur|Handicap|Statut professionnel|Catégorie financière|Race"
    "|Lieu de naissance|VIP",
    "PRT": "Identifiant|Action|Motif|Participation|Personne|Type d'intervenant"
    "|Type d'unité|Organisation|Lieu|Appareil|Du|Au|Durée qualitative|Adresse"
    "|Téléphone ou courriel",
    "ZBE": "Identifiant du mouvement|Début|Fin|Action|Historique|Événement d'origine"
    "|UF médicale|UF de soins|Nature du mouvement",
    "ZFA": "Statut|Statut recueilli le|Fermé le|Accès autorisé|Autorisation recueillie le"
    "|Opposition au bris de glace|Opposition à l'accès du centre de régulation"
    "|Opposition recueillie le",
    "ZFD": "Date de naissance lunaire|Semaines de gestation|Consentement SMS"
    "|Date de naissance corrigée|Identité obtenue par|INSi interrogé le"
    "|Justificatif d'identité|Justificatif valable jusqu'au",
    "ZFP": "Activité|Catégorie",
    "ZFV": "Provenance et dernier séjour|Transport de sortie|Type de préadmission"
    "|Placement du|Placement au|Adresse de provenance ou de destination"
    "|Numéro de séjour d'origine|Numéro d'archives|Mode de sortie local"
    "|Mode légal RIM-P|Prise en charge pendant le transport",
    "ZFM": "Mode d'entrée|Mode de sortie|Provenance|Destination",
    "ZFS": "Numéro d'ordre|Identifiant du mode légal|Début|Fin|Action|Mode légal"
    "|Code RIM-P|Commentaire",
}
