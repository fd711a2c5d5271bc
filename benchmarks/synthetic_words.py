"""Wording of the synthetic documents, by language: what a template prints beside the personal values.

``DEVELOPMENT`` was used while the rules were written, ``HELD_OUT`` was not: other countries and other wordings. Both were written by
the author of the rules, who knows which labels exist; the rules know many of these words. What the sets share with the rules is
said in docs/benchmarks.md.
"""

from __future__ import annotations

#: Per language: name, birth date, birth place, address, phone, e-mail, document number, sign-off, greeting, patient, employee.
Words = dict[str, str]


def _words(text: str) -> Words:
    keys = (
        "name",
        "surname",
        "given",
        "born",
        "place",
        "address",
        "phone",
        "email",
        "number",
        "regards",
        "dear",
        "patient",
        "employee",
    )
    return dict(zip(keys, text.split("|"), strict=True))


DEVELOPMENT: dict[str, Words] = {
    "en_US": _words(
        "Name|Surname|Given names|Date of birth|Place of birth|Address|Phone|E-mail|Document No.|Kind regards|Dear|Patient|Employee"
    ),
    "de_DE": _words(
        "Name|Nachname|Vorname|Geburtsdatum|Geburtsort|Anschrift|Telefon|E-Mail|Ausweisnummer|Mit freundlichen Grüßen|Liebe|Patient|Mitarbeiter"
    ),
    "fr_FR": _words(
        "Nom|Nom de famille|Prénoms|Date de naissance|Lieu de naissance|Adresse|Tél.|Courriel|Numéro de passeport|Cordialement|Chère|Patient|Salarié"
    ),
    "es_ES": _words(
        "Nombre|Apellidos|Nombres|Fecha de nacimiento|Lugar de nacimiento|Dirección|Tel.|Correo|Número de documento|Saludos|Querida|Paciente|Trabajador"
    ),
    "it_IT": _words(
        "Nome|Cognome|Nome|Data di nascita|Luogo di nascita|Indirizzo|Tel.|Email|Numero documento|Cordiali saluti|Gentile|Paziente|Dipendente"
    ),
    "pl_PL": _words(
        "Imię i nazwisko|Nazwisko|Imiona|Data urodzenia|Miejsce urodzenia|Adres|Tel.|E-mail|Numer dokumentu|Z poważaniem|Droga|Pacjent|Pracownik"
    ),
}
HELD_OUT: dict[str, Words] = {
    "en_GB": _words(
        "Full name|Family name|Forenames|Born|Birthplace|Home address|Mobile|Mail|Licence No|With best wishes|Hello|Name of patient|Staff member"
    ),
    "de_AT": _words(
        "Vor- und Zuname|Familienname|Vornamen|geboren am|Geb.-Ort|Wohnadresse|Mobil|Mail|Dokument-Nr.|Herzliche Grüße|Hallo|Name der Patientin|Arbeitnehmerin"
    ),
    "nl_NL": _words(
        "Naam|Achternaam|Voornamen|Geboortedatum|Geboorteplaats|Adres|Telefoon|E-mail|Documentnummer|Met vriendelijke groet|Beste|Patiënt|Werknemer"
    ),
    "pt_PT": _words(
        "Nome completo|Apelido|Nomes próprios|Data de nascimento|Naturalidade|Morada|Telefone|Email|N.º documento|Com os melhores cumprimentos|Cara|Utente|Colaborador"
    ),
    "sv_SE": _words(
        "Namn|Efternamn|Förnamn|Födelsedatum|Födelseort|Adress|Telefon|E-post|Passnummer|Med vänliga hälsningar|Hej|Patient|Anställd"
    ),
    "cs_CZ": _words(
        "Jméno a příjmení|Příjmení|Jméno|Datum narození|Místo narození|Bydliště|Telefon|E-mail|Číslo dokladu|S pozdravem|Milá|Pacient|Zaměstnanec"
    ),
    "hu_HU": _words(
        "Név|Családi név|Utónév|Születési idő|Születési hely|Lakcím|Telefon|E-mail|Okmányszám|Tisztelettel|Kedves|Páciens|Munkavállaló"
    ),
    "fi_FI": _words(
        "Nimi|Sukunimi|Etunimet|Syntymäaika|Syntymäpaikka|Osoite|Puhelin|Sähköposti|Passin numero|Ystävällisin terveisin|Hei|Potilas|Työntekijä"
    ),
    "tr_TR": _words(
        "Ad Soyad|Soyadı|Adı|Doğum tarihi|Doğum yeri|Adres|Telefon|E-posta|Belge No|Saygılarımla|Sevgili|Hasta|Çalışan"
    ),
    "da_DK": _words(
        "Navn|Efternavn|Fornavne|Fødselsdato|Fødested|Adresse|Tlf.|E-mail|Pasnummer|Med venlig hilsen|Kære|Patient|Medarbejder"
    ),
    "ro_RO": _words(
        "Numele și prenumele|Nume|Prenume|Data nașterii|Locul nașterii|Domiciliul|Telefon|E-mail|Seria și nr.|Cu stimă|Dragă|Pacient|Angajat"
    ),
}

# Lines without anything personal.
OTHER_DEVELOPMENT = (
    "Quarterly planning meeting|Terms and conditions apply|Please keep this receipt|Total amount due|Opening hours 9:00 - 17:30|Thank you for your visit"
    "|Model X-200 Rev. 3|Invoice No. 2024/0173|Battery 87 %|Volume 2, Chapter 14|Room 204|Net weight 500 g|Table of contents|Delivered in 3 to 5 days|Conference pass"
    "|Annual General Meeting|All rights reserved|Subtotal 48.20|VAT 20 % 8.03|Keep out of reach of children|Release 4.2.1 build 9981|Seat 14C Gate B22"
).split("|")
OTHER_HELD_OUT = (
    "Budget review for next quarter|Goods remain our property until paid|Exchange within 30 days|Balance carried forward|Closed on public holidays|Mind the step"
    "|Serial A93-7710-KX|Order 55-2093-B|Signal strength good|Figure 7: Cross section|Platform 9|Contents 250 ml|Summary of results|Ships within two weeks|Visitor badge"
    "|Spring Trade Fair|Printed on recycled paper|Grand total 133.90|Service charge 12.5 %|Store in a cool dry place|Firmware 2.11.0|Coach 7 Seat 42"
    "|Werkzeugkasten 24-teilig|Soupe du jour 6,50|Oferta de la semana|Sconto del 20 %|Kawa z mlekiem 9,00"
).split("|")
