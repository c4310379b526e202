// What the chat itself says, in the visitor's language. English is complete; a language that lacks a sentence borrows it.
const WORDS = {
  en: {
    here: "We are here", away: "We are away at the moment", soon: "and answer soon", in_a_few_minutes: "and answer in a few minutes",
    in_a_few_hours: "and answer in a few hours", in_a_day: "and answer within a day", later: "We answer as soon as we are back", back: "We are back {when}",
    close: "Close the chat", popout: "Open in a window of its own", end: "End the conversation", attach: "Attach a file", emoji: "Emoji", send: "Send", write: "Write a message…", message: "Message",
    conversation: "Conversation", typing: "typing", connecting: "Connecting again…", ask: "Where can we reach you later?", only: "Only used to answer you.",
    email: "E-mail address", bad_email: "This does not look like an e-mail address.", start: "Start the chat", skip: "Not now", you: "You", us: "Team",
    failed: "Not sent.", again: "Try again", big: "A file may have at most 40 megabytes.", many: "At most 15 files at once.", ended: "This conversation was ended. Write to take it up again.",
    sure: "End this conversation?", yes: "End it", no: "Keep it", submit: "Send", thanks: "Thank you!", rate: "How was it?", more: "Anything else you would like to tell us?",
    picture: "Picture", file: "File", place: "Place on a map", earlier: "Loading earlier messages…", today: "Today", yesterday: "Yesterday",
    transcript: "Send me this conversation by e-mail", on_its_way: "It is on its way to your e-mail address.",
  },
  de: {
    here: "Wir sind da", away: "Wir sind gerade nicht da", soon: "und antworten bald", in_a_few_minutes: "und antworten in wenigen Minuten", in_a_few_hours: "und antworten in ein paar Stunden",
    in_a_day: "und antworten innerhalb eines Tages", later: "Wir antworten, sobald wir zurück sind", back: "Wir sind {when} zurück", close: "Chat schließen", popout: "In eigenem Fenster öffnen", end: "Gespräch beenden", attach: "Datei anhängen", emoji: "Emoji",
    send: "Senden", write: "Nachricht schreiben…", message: "Nachricht", conversation: "Gespräch", typing: "schreibt", connecting: "Verbindung wird wiederhergestellt…", ask: "Wie erreichen wir Sie später?",
    only: "Nur, um Ihnen zu antworten.", email: "E-Mail-Adresse", bad_email: "Das sieht nicht wie eine E-Mail-Adresse aus.", start: "Chat beginnen", skip: "Nicht jetzt", you: "Sie", us: "Team", failed: "Nicht gesendet.", again: "Noch einmal versuchen",
    big: "Eine Datei darf höchstens 40 Megabyte haben.", many: "Höchstens 15 Dateien auf einmal.", ended: "Dieses Gespräch wurde beendet. Schreiben Sie, um es wieder aufzunehmen.", sure: "Dieses Gespräch beenden?", yes: "Beenden", no: "Weiter",
    submit: "Senden", thanks: "Vielen Dank!", rate: "Wie war es?", more: "Möchten Sie uns noch etwas sagen?", picture: "Bild", file: "Datei", place: "Ort auf einer Karte", earlier: "Frühere Nachrichten werden geladen…", today: "Heute", yesterday: "Gestern",
    transcript: "Gespräch per E-Mail erhalten", on_its_way: "Es ist unterwegs zu Ihrer E-Mail-Adresse.",
  },
  fr: {
    here: "Nous sommes là", away: "Nous sommes absents pour le moment", soon: "et répondons bientôt", in_a_few_minutes: "et répondons en quelques minutes", in_a_few_hours: "et répondons en quelques heures",
    in_a_day: "et répondons dans la journée", later: "Nous répondrons dès notre retour", back: "De retour {when}", close: "Fermer la discussion", popout: "Ouvrir dans une fenêtre", end: "Terminer la conversation", attach: "Joindre un fichier", emoji: "Émoji",
    send: "Envoyer", write: "Écrivez un message…", message: "Message", conversation: "Conversation", typing: "écrit", connecting: "Reconnexion…", ask: "Où pouvons-nous vous joindre plus tard ?", only: "Uniquement pour vous répondre.",
    email: "Adresse e-mail", bad_email: "Cela ne ressemble pas à une adresse e-mail.", start: "Commencer", skip: "Pas maintenant", you: "Vous", us: "Équipe", failed: "Non envoyé.", again: "Réessayer", big: "Un fichier peut faire 40 mégaoctets au plus.",
    many: "15 fichiers à la fois au plus.", ended: "Cette conversation est terminée. Écrivez pour la reprendre.", sure: "Terminer cette conversation ?", yes: "Terminer", no: "Continuer", submit: "Envoyer", thanks: "Merci !", rate: "Comment c’était ?",
    more: "Souhaitez-vous ajouter quelque chose ?", picture: "Image", file: "Fichier", place: "Lieu sur une carte", earlier: "Chargement des messages précédents…", today: "Aujourd’hui", yesterday: "Hier",
    transcript: "Recevoir cette conversation par e-mail", on_its_way: "Elle est en route vers votre adresse e-mail.",
  },
  es: {
    here: "Estamos aquí", away: "Ahora no estamos", soon: "y respondemos pronto", in_a_few_minutes: "y respondemos en unos minutos", in_a_few_hours: "y respondemos en unas horas", in_a_day: "y respondemos en un día",
    later: "Responderemos en cuanto volvamos", back: "Volvemos {when}", close: "Cerrar el chat", popout: "Abrir en otra ventana", end: "Terminar la conversación", attach: "Adjuntar un archivo", emoji: "Emoji", send: "Enviar", write: "Escribe un mensaje…",
    message: "Mensaje", conversation: "Conversación", typing: "escribiendo", connecting: "Conectando de nuevo…", ask: "¿Dónde podemos contactarte después?", only: "Solo para responderte.", email: "Correo electrónico",
    bad_email: "No parece una dirección de correo.", start: "Empezar", skip: "Ahora no", you: "Tú", us: "Equipo", failed: "No enviado.", again: "Reintentar", big: "Un archivo puede tener como máximo 40 megabytes.", many: "Como máximo 15 archivos a la vez.",
    ended: "La conversación ha terminado. Escribe para retomarla.", sure: "¿Terminar esta conversación?", yes: "Terminar", no: "Seguir", submit: "Enviar", thanks: "¡Gracias!", rate: "¿Qué tal fue?", more: "¿Quieres contarnos algo más?",
    picture: "Imagen", file: "Archivo", place: "Lugar en un mapa", earlier: "Cargando mensajes anteriores…", today: "Hoy", yesterday: "Ayer",
    transcript: "Recibir esta conversación por correo", on_its_way: "Va de camino a su correo.",
  },
  pt: {
    here: "Estamos aqui", away: "Não estamos no momento", soon: "e respondemos em breve", in_a_few_minutes: "e respondemos em alguns minutos", in_a_few_hours: "e respondemos em algumas horas", in_a_day: "e respondemos em um dia",
    later: "Responderemos assim que voltarmos", back: "Voltamos {when}", close: "Fechar o chat", popout: "Abrir em outra janela", end: "Encerrar a conversa", attach: "Anexar um arquivo", emoji: "Emoji", send: "Enviar", write: "Escreva uma mensagem…",
    message: "Mensagem", conversation: "Conversa", typing: "digitando", connecting: "Conectando de novo…", ask: "Onde podemos falar com você depois?", only: "Apenas para responder a você.", email: "Endereço de e-mail",
    bad_email: "Isto não parece um endereço de e-mail.", start: "Começar", skip: "Agora não", you: "Você", us: "Equipe", failed: "Não enviada.", again: "Tentar de novo", big: "Um arquivo pode ter no máximo 40 megabytes.", many: "No máximo 15 arquivos por vez.",
    ended: "Esta conversa foi encerrada. Escreva para retomá-la.", sure: "Encerrar esta conversa?", yes: "Encerrar", no: "Continuar", submit: "Enviar", thanks: "Obrigado!", rate: "Como foi?", more: "Quer nos contar algo mais?",
    picture: "Imagem", file: "Arquivo", place: "Lugar no mapa", earlier: "Carregando mensagens anteriores…", today: "Hoje", yesterday: "Ontem",
    transcript: "Receber esta conversa por e-mail", on_its_way: "Está a caminho do seu e-mail.",
  },
  it: {
    here: "Siamo qui", away: "Al momento non ci siamo", soon: "e rispondiamo presto", in_a_few_minutes: "e rispondiamo in pochi minuti", in_a_few_hours: "e rispondiamo in poche ore", in_a_day: "e rispondiamo in giornata",
    later: "Risponderemo appena torniamo", back: "Torniamo {when}", close: "Chiudi la chat", popout: "Apri in una finestra", end: "Termina la conversazione", attach: "Allega un file", emoji: "Emoji", send: "Invia", write: "Scrivi un messaggio…",
    message: "Messaggio", conversation: "Conversazione", typing: "sta scrivendo", connecting: "Riconnessione…", ask: "Dove possiamo contattarti più tardi?", only: "Solo per risponderti.", email: "Indirizzo e-mail", bad_email: "Non sembra un indirizzo e-mail.",
    start: "Inizia", skip: "Non ora", you: "Tu", us: "Team", failed: "Non inviato.", again: "Riprova", big: "Un file può avere al massimo 40 megabyte.", many: "Al massimo 15 file alla volta.", ended: "La conversazione è terminata. Scrivi per riprenderla.",
    sure: "Terminare questa conversazione?", yes: "Termina", no: "Continua", submit: "Invia", thanks: "Grazie!", rate: "Com’è andata?", more: "Vuoi dirci altro?", picture: "Immagine", file: "File", place: "Luogo sulla mappa",
    earlier: "Caricamento dei messaggi precedenti…", today: "Oggi", yesterday: "Ieri",
    transcript: "Ricevere questa conversazione per e-mail", on_its_way: "È in arrivo al suo indirizzo e-mail.",
  },
  pl: {
    here: "Jesteśmy", away: "Chwilowo nas nie ma", soon: "i wkrótce odpowiemy", in_a_few_minutes: "i odpowiadamy w kilka minut", in_a_few_hours: "i odpowiadamy w kilka godzin", in_a_day: "i odpowiadamy w ciągu dnia",
    later: "Odpowiemy, gdy tylko wrócimy", back: "Wracamy {when}", close: "Zamknij czat", popout: "Otwórz w osobnym oknie", end: "Zakończ rozmowę", attach: "Załącz plik", emoji: "Emoji", send: "Wyślij", write: "Napisz wiadomość…", message: "Wiadomość",
    conversation: "Rozmowa", typing: "pisze", connecting: "Ponowne łączenie…", ask: "Gdzie możemy się z Tobą skontaktować?", only: "Tylko po to, by odpowiedzieć.", email: "Adres e-mail", bad_email: "To nie wygląda na adres e-mail.", start: "Rozpocznij",
    skip: "Nie teraz", you: "Ty", us: "Zespół", failed: "Nie wysłano.", again: "Spróbuj ponownie", big: "Plik może mieć najwyżej 40 megabajtów.", many: "Najwyżej 15 plików naraz.", ended: "Rozmowa została zakończona. Napisz, aby ją wznowić.",
    sure: "Zakończyć tę rozmowę?", yes: "Zakończ", no: "Kontynuuj", submit: "Wyślij", thanks: "Dziękujemy!", rate: "Jak było?", more: "Czy chcesz coś dodać?", picture: "Obraz", file: "Plik", place: "Miejsce na mapie", earlier: "Wczytywanie wcześniejszych wiadomości…",
    today: "Dzisiaj", yesterday: "Wczoraj",
    transcript: "Wyślij mi tę rozmowę e-mailem", on_its_way: "Jest w drodze na Twój adres e-mail.",
  },
  cs: {
    here: "Jsme tady", away: "Teď tu nejsme", soon: "a brzy odpovíme", in_a_few_minutes: "a odpovíme během pár minut", in_a_few_hours: "a odpovíme během pár hodin", in_a_day: "a odpovíme do jednoho dne", later: "Odpovíme, jakmile se vrátíme",
    back: "Vrátíme se {when}", close: "Zavřít chat", popout: "Otevřít ve vlastním okně", end: "Ukončit rozhovor", attach: "Přiložit soubor", emoji: "Emoji", send: "Odeslat", write: "Napište zprávu…", message: "Zpráva", conversation: "Rozhovor", typing: "píše",
    connecting: "Znovu se připojujeme…", ask: "Kde vás později zastihneme?", only: "Jen abychom vám odpověděli.", email: "E-mailová adresa", bad_email: "Tohle nevypadá jako e-mailová adresa.", start: "Začít", skip: "Teď ne", you: "Vy", us: "Tým",
    failed: "Neodesláno.", again: "Zkusit znovu", big: "Soubor může mít nejvýš 40 megabajtů.", many: "Nejvýš 15 souborů najednou.", ended: "Rozhovor byl ukončen. Napište a navážete na něj.", sure: "Ukončit tento rozhovor?", yes: "Ukončit", no: "Pokračovat",
    submit: "Odeslat", thanks: "Děkujeme!", rate: "Jaké to bylo?", more: "Chcete nám říct ještě něco?", picture: "Obrázek", file: "Soubor", place: "Místo na mapě", earlier: "Načítají se dřívější zprávy…", today: "Dnes", yesterday: "Včera",
    transcript: "Poslat mi tento rozhovor e-mailem", on_its_way: "Je na cestě na vaši e-mailovou adresu.",
  },
  ru: {
    here: "Мы на связи", away: "Сейчас нас нет на месте", soon: "и скоро ответим", in_a_few_minutes: "и отвечаем за несколько минут", in_a_few_hours: "и отвечаем за несколько часов", in_a_day: "и отвечаем в течение дня",
    later: "Ответим, как только вернёмся", back: "Вернёмся {when}", close: "Закрыть чат", popout: "Открыть в отдельном окне", end: "Завершить разговор", attach: "Прикрепить файл", emoji: "Эмодзи", send: "Отправить", write: "Напишите сообщение…", message: "Сообщение",
    conversation: "Разговор", typing: "печатает", connecting: "Соединяемся снова…", ask: "Как с вами связаться позже?", only: "Только чтобы ответить вам.", email: "Адрес эл. почты", bad_email: "Это не похоже на адрес эл. почты.", start: "Начать", skip: "Не сейчас",
    you: "Вы", us: "Команда", failed: "Не отправлено.", again: "Повторить", big: "Файл может быть не больше 40 мегабайт.", many: "Не больше 15 файлов сразу.", ended: "Разговор завершён. Напишите, чтобы продолжить его.", sure: "Завершить этот разговор?",
    yes: "Завершить", no: "Продолжить", submit: "Отправить", thanks: "Спасибо!", rate: "Как всё прошло?", more: "Хотите что-нибудь добавить?", picture: "Изображение", file: "Файл", place: "Место на карте", earlier: "Загружаем более ранние сообщения…",
    today: "Сегодня", yesterday: "Вчера",
    transcript: "Получить эту переписку по e-mail", on_its_way: "Она уже на пути к вашему e-mail.",
  },
  uk: {
    here: "Ми на зв’язку", away: "Зараз нас немає", soon: "і скоро відповімо", in_a_few_minutes: "і відповідаємо за кілька хвилин", in_a_few_hours: "і відповідаємо за кілька годин", in_a_day: "і відповідаємо протягом дня",
    later: "Відповімо, щойно повернемося", back: "Повернемося {when}", close: "Закрити чат", popout: "Відкрити в окремому вікні", end: "Завершити розмову", attach: "Додати файл", emoji: "Емодзі", send: "Надіслати", write: "Напишіть повідомлення…",
    message: "Повідомлення", conversation: "Розмова", typing: "пише", connecting: "З’єднуємося знову…", ask: "Як з вами зв’язатися пізніше?", only: "Лише щоб відповісти вам.", email: "Адреса ел. пошти", bad_email: "Це не схоже на адресу ел. пошти.",
    start: "Почати", skip: "Не зараз", you: "Ви", us: "Команда", failed: "Не надіслано.", again: "Спробувати ще", big: "Файл може мати щонайбільше 40 мегабайтів.", many: "Щонайбільше 15 файлів за раз.", ended: "Розмову завершено. Напишіть, щоб продовжити.",
    sure: "Завершити цю розмову?", yes: "Завершити", no: "Продовжити", submit: "Надіслати", thanks: "Дякуємо!", rate: "Як усе пройшло?", more: "Бажаєте щось додати?", picture: "Зображення", file: "Файл", place: "Місце на мапі",
    earlier: "Завантажуємо попередні повідомлення…", today: "Сьогодні", yesterday: "Учора",
    transcript: "Отримати це листування на e-mail", on_its_way: "Воно вже на шляху до вашого e-mail.",
  },
  tr: {
    here: "Buradayız", away: "Şu anda burada değiliz", soon: "ve yakında yanıtlıyoruz", in_a_few_minutes: "ve birkaç dakikada yanıtlıyoruz", in_a_few_hours: "ve birkaç saatte yanıtlıyoruz", in_a_day: "ve bir gün içinde yanıtlıyoruz",
    later: "Döner dönmez yanıtlarız", back: "{when} döneriz", close: "Sohbeti kapat", popout: "Ayrı pencerede aç", end: "Görüşmeyi bitir", attach: "Dosya ekle", emoji: "Emoji", send: "Gönder", write: "Bir mesaj yazın…", message: "Mesaj", conversation: "Görüşme",
    typing: "yazıyor", connecting: "Yeniden bağlanılıyor…", ask: "Size sonra nereden ulaşalım?", only: "Yalnızca size yanıt vermek için.", email: "E-posta adresi", bad_email: "Bu bir e-posta adresine benzemiyor.", start: "Başla", skip: "Şimdi değil", you: "Siz",
    us: "Ekip", failed: "Gönderilemedi.", again: "Yeniden dene", big: "Bir dosya en fazla 40 megabayt olabilir.", many: "Bir seferde en fazla 15 dosya.", ended: "Bu görüşme bitti. Sürdürmek için yazın.", sure: "Bu görüşme bitsin mi?", yes: "Bitir", no: "Sürdür",
    submit: "Gönder", thanks: "Teşekkürler!", rate: "Nasıldı?", more: "Eklemek istediğiniz bir şey var mı?", picture: "Resim", file: "Dosya", place: "Haritada yer", earlier: "Önceki mesajlar yükleniyor…", today: "Bugün", yesterday: "Dün",
    transcript: "Bu görüşmeyi bana e-postayla gönder", on_its_way: "E-posta adresinize gönderiliyor.",
  },
  ar: {
    here: "نحن هنا", away: "نحن غير متاحين حاليًا", soon: "ونرد قريبًا", in_a_few_minutes: "ونرد خلال دقائق", in_a_few_hours: "ونرد خلال ساعات", in_a_day: "ونرد خلال يوم", later: "سنرد فور عودتنا", back: "نعود {when}", close: "إغلاق المحادثة",
    popout: "فتح في نافذة مستقلة", end: "إنهاء المحادثة", attach: "إرفاق ملف", emoji: "رموز تعبيرية", send: "إرسال", write: "اكتب رسالة…", message: "رسالة", conversation: "محادثة", typing: "يكتب", connecting: "جارٍ إعادة الاتصال…", ask: "أين يمكننا التواصل معك لاحقًا؟",
    only: "فقط للرد عليك.", email: "البريد الإلكتروني", bad_email: "هذا لا يبدو عنوان بريد إلكتروني.", start: "ابدأ", skip: "ليس الآن", you: "أنت", us: "الفريق", failed: "لم تُرسل.", again: "أعد المحاولة", big: "الحد الأقصى للملف 40 ميغابايت.",
    many: "15 ملفًا كحد أقصى في المرة.", ended: "انتهت هذه المحادثة. اكتب لمتابعتها.", sure: "هل تريد إنهاء هذه المحادثة؟", yes: "إنهاء", no: "متابعة", submit: "إرسال", thanks: "شكرًا لك!", rate: "كيف كانت التجربة؟", more: "هل تود إضافة شيء آخر؟",
    picture: "صورة", file: "ملف", place: "مكان على الخريطة", earlier: "جارٍ تحميل الرسائل السابقة…", today: "اليوم", yesterday: "أمس",
    transcript: "أرسلوا لي هذه المحادثة بالبريد الإلكتروني", on_its_way: "إنها في طريقها إلى بريدك الإلكتروني.",
  },
  zh: {
    here: "我们在线", away: "我们暂时不在", soon: "，会尽快回复", in_a_few_minutes: "，通常几分钟内回复", in_a_few_hours: "，通常几小时内回复", in_a_day: "，通常一天内回复", later: "我们回来后会尽快回复", back: "我们将于{when}回来", close: "关闭聊天",
    popout: "在新窗口中打开", end: "结束对话", attach: "添加文件", emoji: "表情", send: "发送", write: "输入消息…", message: "消息", conversation: "对话", typing: "正在输入", connecting: "正在重新连接…", ask: "我们之后如何联系您？", only: "仅用于回复您。",
    email: "电子邮箱", bad_email: "这不像是电子邮箱地址。", start: "开始聊天", skip: "以后再说", you: "您", us: "团队", failed: "未发送。", again: "重试", big: "文件最大为 40 MB。", many: "一次最多 15 个文件。", ended: "对话已结束。发送消息即可继续。",
    sure: "要结束此对话吗？", yes: "结束", no: "继续", submit: "发送", thanks: "谢谢！", rate: "您觉得怎么样？", more: "还有什么想告诉我们的吗？", picture: "图片", file: "文件", place: "地图上的位置", earlier: "正在加载更早的消息…", today: "今天", yesterday: "昨天",
    transcript: "将此对话发送到我的邮箱", on_its_way: "正在发送到您的邮箱。",
  },
};
const FROM_RIGHT = ["ar"];

// The language that is spoken: the first wanted one that we know, by its first part ("pt-BR" and "pt_BR" are "pt").
let locale = "en";
function speak(wanted) {
  const known = wanted.map((it) => String(it ?? "").toLowerCase().split(/[-_]/)[0]).find((it) => Object.hasOwn(WORDS, it));
  locale = known ?? "en";
  document.documentElement.lang = locale;
  document.documentElement.dir = FROM_RIGHT.includes(locale) ? "rtl" : "ltr";
}
const say = (key) => WORDS[locale][key] ?? WORDS.en[key] ?? "";
