"""The words that announce personal data on forms, cards and documents, folded, in some twenty languages.

Long phrases are looked for anywhere in a line without its spaces, because OCR loses those first; short ones only as whole words.
English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech, Slovak, Swedish, Danish, Norwegian, Romanian,
Hungarian, Finnish, Turkish, Croatian, Slovenian; the usual words, not all of them.
"""

from __future__ import annotations

from indelible.model import EntityType

E = EntityType

LONG: tuple[tuple[EntityType, str], ...] = (
    # when somebody was born
    (E.DATE_OF_BIRTH, "date of birth|birth date|birthdate|geburtsdatum|geburtstag|geboren am|date de naissance|fecha de nacimiento"),
    (E.DATE_OF_BIRTH, "fecha nacimiento|data di nascita|data de nascimento|geboortedatum|data urodzenia|datum narozeni|datum narodenia"),
    (E.DATE_OF_BIRTH, "datum rojstva|rojstni datum|datum rodenja|fodelsedatum|fodelsedag|fodselsdato|data nasterii|szuletesi ido"),
    (E.DATE_OF_BIRTH, "szuletesi datum|syntymaaika|dogum tarihi|narozen dne|born on"),
    # where somebody was born or lives
    (E.ADDRESS, "place of birth|birth place|birthplace|geburtsort|lieu de naissance|lugar de nacimiento|luogo di nascita|fodelseort"),
    (E.ADDRESS, "local de nascimento|naturalidade|geboorteplaats|miejsce urodzenia|misto narozeni|miesto narodenia|fodested|fodselssted"),
    (E.ADDRESS, "locul nasterii|szuletesi hely|syntymapaikka|dogum yeri|mjesto rodenja|kraj rojstva"),
    (E.ADDRESS, "home address|postal address|street address|mailing address|billing address|shipping address|delivery address"),
    (E.ADDRESS, "bill to|ship to|deliver to|sold to|permanent address|residential address|anschrift|wohnort|wohnhaft|lieferadresse"),
    (E.ADDRESS, "rechnungsadresse|domicilio|direccion|indirizzo|residenza|residencia|endereco|morada|woonplaats|adres zamieszkania"),
    (E.ADDRESS, "trvale bydliste|trvaly pobyt|bydliste|bostadsadress|gatuadress|bopael|bopel|bostedsadresse|domiciliul|lakcim|lakohely"),
    (E.ADDRESS, "kotiosoite|lahiosoite|ikametgah|ev adresi|prebivaliste|adresse de livraison|adresse de facturation"),
    # who
    (E.NAME, "surname|family name|last name|given name|given names|first name|firstname|lastname|middle name|full name|fullname|forename"),
    (E.NAME, "maiden name|account holder|card holder|cardholder|account name|customer name|patient name|employee name|signatory"),
    (E.NAME, "passenger name|guest name|student name|name of passenger|name of patient|name of holder|name of employee|beneficiary"),
    (E.NAME, "contact name|issued to|prepared by|prepared for|approved by|presented to|emergency contact|next of kin|recipient"),
    (E.NAME, "nachname|vorname|vornamen|familienname|geburtsname|kontoinhaber|karteninhaber|versicherter|mitarbeiter|empfanger"),
    (E.NAME, "ansprechpartner|sachbearbeiter|bearbeiter|kassierer|absender|auftraggeber|patientin|arbeitnehmer|unterzeichner|zu handen"),
    (E.NAME, "prenom|prenoms|nom de famille|nom d usage|nom de naissance|titulaire du compte|titulaire|beneficiaire|destinataire|salarie"),
    (E.NAME, "apellidos|apellido|nombres|nombre y apellidos|nombre completo|destinatario|beneficiario|trabajador|paciente|titular"),
    (E.NAME, "cognome|intestatario|nominativo|dipendente|nome completo|apelido|sobrenome|nomes proprios|nome proprio|funcionario"),
    (E.NAME, "achternaam|voornaam|voornamen|geslachtsnaam|rekeninghouder|ontvanger|werknemer|contactpersoon|nazwisko|imiona|imie"),
    (E.NAME, "imie i nazwisko|odbiorca|pracownik|prijmeni|priezvisko|prezime|priimek|jmeno|zamestnanec|prijemce|efternamn|fornamn"),
    (E.NAME, "mottagare|kontoinnehavare|efternavn|fornavn|etternavn|modtager|mottaker|medarbejder|nume si prenume|prenume"),
    (E.NAME, "numele|csaladi nev|utonev|vezeteknev|keresztnev|sukunimi|etunimi|etunimet|soyadi|adi soyadi|ad soyad|alici adi"),
    (E.NAME, "assisted by|helped by|bedient von|bedient durch|bediente sie|servi par|vous a servi|servis par|atendido por|le atendio|le ha atendido"),
    (E.NAME, "servito da|atendido pelo|geholpen door|bediend door|betjent af|betjent av|betjanad av|expedierad av|obsluzyl|obsluzyla|obsluhoval"),
    (E.NAME, "obsluhovala|kiszolgalta|kiszolgalo"),
    (E.NAME, "served by|attended by|your cashier|host name|attending physician|treating physician|behandelnder arzt|medecin traitant"),
    # numbers of people and papers
    (E.ID_NUMBER, "passport no|passport number|pass nr|passnummer|reisepass nr|passeport no|numero de passeport|numero de pasaporte"),
    (E.ID_NUMBER, "numero passaporto|paspoortnummer|passnr|personal no|personal number|personalnummer|no personnel|identity no"),
    (E.ID_NUMBER, "identity number|identity card no|id number|document no|document number|ausweisnummer|ausweis nr|national id"),
    (E.ID_NUMBER, "documentnummer|numero de documento|numero documento|numero do documento|numer dokumentu|cislo dokladu|cislo dokumentu"),
    (E.ID_NUMBER, "national insurance|social security|sozialversicherungsnummer|steuernummer|steuer id|steueridentifikationsnummer"),
    (E.ID_NUMBER, "steuer identifikationsnummer|versichertennummer|versichertennr|rentenversicherungsnummer|numero de securite sociale"),
    (E.ID_NUMBER, "numero fiscal|numero de contribuinte|codice fiscale|numero de identidad|seguridad social|numero de afiliacion"),
    (E.ID_NUMBER, "rodne cislo|burgerservicenummer|numer pesel|personnummer|cpr nummer|fodselsnummer|cod numeric personal"),
    (E.ID_NUMBER, "szemelyi szam|szemelyi azonosito|adoazonosito|taj szam|henkilotunnus|kimlik no|tc kimlik|jmbg|osobni cislo"),
    (E.ID_NUMBER, "numer paszportu|cislo pasu|cislo obcanskeho prukazu|numer dowodu|seria si nr|vergi no|sicil no|hasta no"),
    (E.ID_NUMBER, "membership no|membership number|member no|member id|customer id|customer no|customer number|kundennummer|kunden nr"),
    (E.ID_NUMBER, "patient id|patient no|employee id|employee no|student id|personnel no|staff no|staff id|badge no|mitgliedsnummer"),
    (E.ID_NUMBER, "patientennummer|matrikelnummer|matricule|numero de cliente|numero client|codice cliente|klantnummer|lidnummer"),
    (E.ID_NUMBER, "numer klienta|cislo klienta|kundenummer|asiakasnumero|ugyfelszam|policy no|policy number|versicherungsnummer"),
    (E.ID_NUMBER, "account no|account number|kontonummer|numero de compte|numero de cuenta|numero conto|rekeningnummer|numer konta"),
    (E.ID_NUMBER, "cislo uctu|tilinumero|szamlaszam|hesap no|medical record|taxpayer id|insurance no|insurance number|frequent flyer"),
    (E.ID_NUMBER, "belge no|no documento|no do documento|no de documento|nr documento|dokumentnr|okmanyszam|dokument nr|dokumentennummer|numer dokumentu tozsamosci|asiakirjan numero|passin numero|pasnummer|booking reference|ticket number|e ticket no"),
    (E.LICENCE, "driving licence|driver license|driver licence|drivers license|licence no|license no|licence number|license number"),
    (E.LICENCE, "fuhrerschein|permis de conduire|permiso de conducir|patente di guida|carta de conducao|rijbewijsnummer|prawo jazdy nr"),
)  # fmt: skip
SHORT: tuple[tuple[EntityType, str], ...] = (
    (
        E.NAME,
        r"names?|nom|nome|nombre|naam|namn|navn|nimi|nev|nume|isim|ime|nazwa|adi|cashier|customer|patient|attn|attention|contact|contact person"
        r"|signed by|signed|kunde|client|cliente|klient|klant|asiakas|passenger|guest|driver|employee|student|holder|kassier|cajero|cajera"
        r"|caissier|caissiere|operatore|from|von|de|da|van|od|fran|fra|feladonev|lahettaja|kimden|sent by|to|an|para|aan|til|till|kime|cc|bcc",
    ),
    (
        E.ADDRESS,
        r"address|adresse|adres|adresa|adress|osoite|cim|strasse|straat|ulica|calle|rue|ort|wohnt in|city|town|zip|zip code|postcode|post code"
        r"|postal code|plz|code postal|cap|codigo postal|postnummer|psc|kod pocztowy",
    ),
    (
        E.DATE_OF_BIRTH,
        r"d\.?\s?o\.?\s?b\.?|born|geboren|geb\.?(?:\s?am)?|nee? le|nat[oa] il|nacid[oa](?: el)?|nascid[oa](?: em)?|data ur|ur\.|nar\.|geb\.?\s?dat\w*"
        r"|fodt|fodd|szul\.?|synt\.?|dogum",
    ),
    (
        E.ID_NUMBER,
        r"ssn|nhs no|nhs number|nric|dni|nie|nif|nino|cpf|cpr|cnp|pesel|bsn|ahv|avs|emso|oib|egn|ic no|id no|id nr|id|mrn|nir|nss|sin|tfn"
        r"|abn|curp|rut|cuit|aadhaar|pan|pnr|hetu|hkp|tckn|t\.?c\.? no|kontonr|konto nr|kto|cin|clabe|imei|lot passenger",
    ),
    (E.LICENCE, r"dl no|dln|dl|lic no"),
)
#: Of the long phrases, those after which a name follows at once: who served, signed or issued.
DIRECT = frozenset(
    "served by|attended by|assisted by|helped by|bedient von|bedient durch|bediente sie|servi par|vous a servi|servis par|atendido por|le atendio"
    "|le ha atendido|servito da|atendido pelo|geholpen door|bediend door|betjent af|betjent av|betjanad av|expedierad av"
    "|obsluzyl|obsluzyla|obsluhoval|obsluhovala|kiszolgalta|kiszolgalo".split("|")
)
#: Short words that also begin sentences: believed only with a colon right after them, at the start of a line.
NEEDS_COLON = frozenset(
    "from von de da van od fran fra to an para aan til till kime cc bcc contact id pan sin rut signed driver guest holder nev ime adi nie ort"
    " cap cim calle rue ulica".split()
)
